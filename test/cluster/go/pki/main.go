// Command pki writes the certificates of a test cluster.
//
// It reads a list of certificates as JSON from standard input and writes NAME.crt and NAME.key for each into
// the folder given as its argument. A certificate without an issuer signs itself and may sign others.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

type request struct {
	Name          string   `json:"name"`
	Issuer        string   `json:"issuer"`
	CommonName    string   `json:"commonName"`
	Organizations []string `json:"organizations"`
	DNSNames      []string `json:"dnsNames"`
	Addresses     []string `json:"addresses"`
}

type pair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pki:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: pki FOLDER < requests.json")
	}
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		return fmt.Errorf("read the requests: %w", err)
	}
	made := map[string]pair{}
	for _, r := range requests {
		p, err := issue(r, made)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		made[r.Name] = p
		if err := write(os.Args[1], r.Name, p); err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	return nil
}

func issue(r request, made map[string]pair) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: r.CommonName, Organization: r.Organizations},
		// An hour back, for clocks of virtual machines that jump.
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		DNSNames:              r.DNSNames,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	for _, text := range r.Addresses {
		address := net.ParseIP(text)
		if address == nil {
			return pair{}, fmt.Errorf("%q is no address", text)
		}
		template.IPAddresses = append(template.IPAddresses, address)
	}
	issuer := pair{template, key}
	if r.Issuer == "" {
		template.IsCA = true
		template.KeyUsage |= x509.KeyUsageCertSign
		template.ExtKeyUsage = nil
	} else {
		known, ok := made[r.Issuer]
		if !ok {
			return pair{}, fmt.Errorf("issuer %q is not listed before it", r.Issuer)
		}
		issuer = known
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.certificate, &key.PublicKey, issuer.key)
	if err != nil {
		return pair{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	return pair{certificate, key}, err
}

func write(folder, name string, p pair) error {
	der, err := x509.MarshalECPrivateKey(p.key)
	if err != nil {
		return err
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(folder, name+".key"), key, 0o600); err != nil {
		return err
	}
	crt := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.certificate.Raw})
	return os.WriteFile(filepath.Join(folder, name+".crt"), crt, 0o644)
}
