package main

import (
	"io"
	"net"
	"net/http"
)

// The gRPC health protocol is one call with one answer; in HTTP/2 terms a POST whose status stands in a trailer.
// That is little enough to do without a gRPC library.
const checkPath = "/grpc.health.v1.Health/Check"

const (
	serving    = 1
	notServing = 2
)

// healthHandler answers the health protocol; a server that does not know it says so to every call.
func healthHandler(s *state, known bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
		_, _ = io.Copy(io.Discard, r.Body)
		if !known || r.URL.Path != checkPath {
			w.Header().Set("Grpc-Status", "12")
			w.Header().Set("Grpc-Message", "unknown method "+r.URL.Path)
			return
		}
		status := byte(notServing)
		if s.isReady() {
			status = serving
		}
		// A frame: not compressed, two bytes long; then field 1 as a varint.
		_, _ = w.Write([]byte{0, 0, 0, 0, 2, 0x08, status})
		w.Header().Set("Grpc-Status", "0")
	})
}

// serveHealth speaks HTTP/2 without TLS, as the kubelet's gRPC probe does.
func serveHealth(l net.Listener, h http.Handler) error {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: h, Protocols: &protocols}
	return server.Serve(l)
}
