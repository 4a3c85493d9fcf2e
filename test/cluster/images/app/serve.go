package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// state is what the health answers say; /set changes it while the pod runs.
type state struct {
	readyAt time.Time
	ready   atomic.Bool
	live    atomic.Bool
}

func newState(readyAfter time.Duration) *state {
	s := &state{readyAt: time.Now().Add(readyAfter)}
	s.ready.Store(true)
	s.live.Store(true)
	return s
}

func (s *state) isReady() bool { return s.ready.Load() && !time.Now().Before(s.readyAt) }

func listen(o options, s *state) error {
	if o.http != "" {
		l, err := net.Listen("tcp", o.http)
		if err != nil {
			return err
		}
		log.Printf("listening for HTTP on %s", l.Addr())
		go fatal(http.Serve, l, handler(o, s))
	}
	if o.tls != "" {
		l, err := listenTLS(o)
		if err != nil {
			return err
		}
		go fatal(http.Serve, l, handler(o, s))
	}
	if o.grpc != "" {
		l, err := net.Listen("tcp", o.grpc)
		if err != nil {
			return err
		}
		log.Printf("listening for gRPC on %s", l.Addr())
		go fatal(serveHealth, l, healthHandler(s, o.grpcHealth))
	}
	if o.tcp != "" {
		l, err := net.Listen("tcp", o.tcp)
		if err != nil {
			return err
		}
		log.Printf("listening for TCP on %s", l.Addr())
		go echoTCP(l)
	}
	if o.udp != "" {
		c, err := net.ListenPacket("udp", o.udp)
		if err != nil {
			return err
		}
		log.Printf("listening for UDP on %s", c.LocalAddr())
		go echoUDP(c)
	}
	return nil
}

func fatal(serve func(net.Listener, http.Handler) error, l net.Listener, h http.Handler) {
	log.Fatalf("fatal: %v", serve(l, h))
}

func handler(o options, s *state) http.Handler {
	mux := http.NewServeMux()
	if o.deny != "" {
		mux.HandleFunc("/admit", admit(o.deny))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		name, _ := os.Hostname()
		fmt.Fprintf(w, "%s answers %s\n", name, r.RemoteAddr)
	})
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { say(w, s.isReady()) })
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, s.live.Load()) })
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(r.PathValue("code"))
		if err != nil || code < 200 || code > 599 {
			code = http.StatusBadRequest
		}
		http.Error(w, http.StatusText(code), code)
	})
	mux.HandleFunc("/sleep/{time}", func(w http.ResponseWriter, r *http.Request) {
		d, err := time.ParseDuration(r.PathValue("time"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case <-time.After(d):
			fmt.Fprintln(w, "slept", d)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/set", func(w http.ResponseWriter, r *http.Request) {
		for name, flag := range map[string]*atomic.Bool{"ready": &s.ready, "live": &s.live} {
			if value, err := strconv.ParseBool(r.URL.Query().Get(name)); err == nil {
				flag.Store(value)
				log.Printf("%s is now %t", name, value)
			}
		}
	})
	mux.HandleFunc("/exit/{code}", func(_ http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		log.Printf("fatal: told to end with exit code %d", code)
		os.Exit(code)
	})
	return mux
}

func say(w http.ResponseWriter, good bool) {
	if good {
		fmt.Fprintln(w, "ok")
		return
	}
	http.Error(w, "not ready", http.StatusServiceUnavailable)
}

func newKey(seed string) (crypto.Signer, error) {
	if seed != "" {
		return keyOf(seed), nil
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func listenTLS(o options) (net.Listener, error) {
	key, err := newKey(o.tlsSeed)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "pod-triage-app"},
		NotBefore:    now.Add(o.notBefore),
		NotAfter:     now.Add(o.notAfter),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if o.tlsSeed != "" {
		// One such certificate, told beforehand, vouches for every later one of the same key.
		template.BasicConstraintsValid, template.IsCA = true, true
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	for _, name := range strings.Split(o.tlsNames, ",") {
		if address := net.ParseIP(name); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	l, err := tls.Listen("tcp", o.tls, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	})
	if err == nil {
		log.Printf("listening for HTTPS on %s, certificate valid from %s to %s", l.Addr(),
			template.NotBefore.UTC().Format(time.RFC3339), template.NotAfter.UTC().Format(time.RFC3339))
	}
	return l, err
}

func echoTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatalf("fatal: %v", err)
		}
		go func() {
			defer c.Close()
			_, _ = io.Copy(c, c)
		}()
	}
}

func echoUDP(c net.PacketConn) {
	buffer := make([]byte, 65536)
	for {
		n, from, err := c.ReadFrom(buffer)
		if err != nil {
			log.Fatalf("fatal: %v", err)
		}
		_, _ = c.WriteTo(buffer[:n], from)
	}
}
