package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"net/http"
)

// admit answers an admission webhook's question with no, and with the reason; see
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
func admit(reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var review struct {
			Request struct {
				UID string `json:"uid"`
			} `json:"request"`
		}
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"apiVersion": "admission.k8s.io/v1",
			"kind":       "AdmissionReview",
			"response": map[string]any{
				"uid":     review.Request.UID,
				"allowed": false,
				"status":  map[string]any{"message": reason},
			},
		})
	}
}

// keyOf makes the same key of a text each time: a client that is to trust it can be told beforehand.
func keyOf(seed string) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte(seed))
	return ed25519.NewKeyFromSeed(sum[:])
}
