// Command app is the application that the test cluster's pods run: it listens, answers, calls, grows and ends
// as its flags say, so that one image plays every part.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type options struct {
	http, tcp, udp, grpc, tls string

	tlsNames, tlsSeed   string
	notBefore, notAfter time.Duration

	startDelay, readyAfter time.Duration
	stopDelay              time.Duration
	ignoreTerm             bool

	exitAfter time.Duration
	exitCode  int
	message   string
	panics    bool

	grpcHealth bool

	eatMemory, eatRate string
	eatFile            string
	fileSize           string

	call        string
	callEvery   time.Duration
	callTimeout time.Duration
	callUntil   bool

	check string
	need  string
	deny  string
}

func parse() options {
	var o options
	flag.StringVar(&o.http, "http", "", "listen for HTTP on this `address`, such as :8080 or 127.0.0.1:8080")
	flag.StringVar(&o.tcp, "tcp", "", "listen for TCP on this `address` and send every line back")
	flag.StringVar(&o.udp, "udp", "", "listen for UDP on this `address` and send every packet back")
	flag.StringVar(&o.grpc, "grpc", "", "serve the gRPC health protocol on this `address`")
	flag.BoolVar(&o.grpcHealth, "grpc-health", true, "know the gRPC health protocol; otherwise every call is unknown")
	flag.StringVar(&o.tls, "tls", "", "listen for HTTPS on this `address` with a certificate made at the start")
	flag.StringVar(&o.tlsNames, "tls-names", "localhost", "`names` and addresses in the certificate, with commas")
	flag.StringVar(&o.tlsSeed, "tls-seed", "", "make the certificate's key of this `text`, so that it is the same each time")
	flag.DurationVar(&o.notBefore, "tls-not-before", -time.Hour, "the certificate's first moment, from now")
	flag.DurationVar(&o.notAfter, "tls-not-after", 24*time.Hour, "the certificate's last moment, from now")
	flag.DurationVar(&o.startDelay, "start-delay", 0, "wait before listening and eating")
	flag.DurationVar(&o.readyAfter, "ready-after", 0, "answer /readyz with 503 for this long after the start")
	flag.DurationVar(&o.stopDelay, "stop-delay", 0, "keep serving for this long after SIGTERM")
	flag.BoolVar(&o.ignoreTerm, "ignore-term", false, "do not end on SIGTERM")
	flag.DurationVar(&o.exitAfter, "exit-after", -1, "end after this time")
	flag.IntVar(&o.exitCode, "exit-code", 0, "exit code of that end, and of the end after SIGTERM")
	flag.StringVar(&o.message, "message", "", "log this `text` just before that end")
	flag.BoolVar(&o.panics, "panic", false, "end with a Go panic instead")
	flag.StringVar(&o.eatMemory, "eat-memory", "", "hold this much memory (`size` such as 64Mi)")
	flag.StringVar(&o.eatRate, "eat-rate", "64Mi", "take it at this `size` a second")
	flag.StringVar(&o.eatFile, "eat-file", "", "write this `file`")
	flag.StringVar(&o.fileSize, "file-size", "64Mi", "`size` of that file")
	flag.StringVar(&o.call, "call", "", "call these `URLs` (http, https, tcp, udp, dns) again and again, with commas")
	flag.DurationVar(&o.callEvery, "call-every", 2*time.Second, "time between two calls")
	flag.DurationVar(&o.callTimeout, "call-timeout", 2*time.Second, "time a call may take")
	flag.BoolVar(&o.callUntil, "call-until", false, "end with exit code 0 when every URL has answered once")
	flag.StringVar(&o.check, "check", "", "call this `URL` once and end with exit code 0 or 1: for exec probes")
	flag.StringVar(&o.need, "need", "", "end with exit code 1 unless these `variables` and files (/path) are there")
	flag.StringVar(&o.deny, "deny", "", "answer the questions of an admission webhook at /admit with no, for this `reason`")
	flag.Parse()
	return o
}

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	o := parse()
	if o.check != "" {
		os.Exit(checkOnce(o))
	}
	if missing := missingOf(o.need); len(missing) > 0 {
		log.Fatalf("fatal: required configuration is missing: %s", strings.Join(missing, ", "))
	}
	start(o)
	waitForEnd(o)
}

// start begins everything that the flags ask for and returns.
func start(o options) {
	state := newState(o.readyAfter + o.startDelay)
	if o.startDelay > 0 {
		log.Printf("starting, ready in %s", o.startDelay)
	}
	go func() {
		time.Sleep(o.startDelay)
		if err := listen(o, state); err != nil {
			log.Fatalf("fatal: %v", err)
		}
		if err := eat(o); err != nil {
			log.Fatalf("fatal: %v", err)
		}
	}()
	if o.call != "" {
		go callForEver(context.Background(), o)
	}
	if o.exitAfter >= 0 {
		go func() {
			time.Sleep(o.exitAfter)
			if o.message != "" {
				log.Print(o.message)
			}
			if o.panics {
				var stock map[string]int
				stock["apples"]++
			}
			os.Exit(o.exitCode)
		}()
	}
}

func waitForEnd(o options) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	for s := range signals {
		if o.ignoreTerm {
			log.Printf("got %s, going on", s)
			continue
		}
		log.Printf("got %s, ending in %s", s, o.stopDelay)
		time.Sleep(o.stopDelay)
		os.Exit(o.exitCode)
	}
}

// missingOf answers which of the wanted environment variables and files are not there.
func missingOf(need string) []string {
	var missing []string
	for _, name := range strings.FieldsFunc(need, func(r rune) bool { return r == ',' }) {
		if strings.HasPrefix(name, "/") {
			if _, err := os.Stat(name); err != nil {
				missing = append(missing, err.Error())
			}
		} else if os.Getenv(name) == "" {
			missing = append(missing, fmt.Sprintf("environment variable %s", name))
		}
	}
	return missing
}
