package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// callForEver calls every URL again and again and logs each result in one line.
func callForEver(ctx context.Context, o options) {
	targets := strings.Split(o.call, ",")
	answered := map[string]bool{}
	for {
		for _, target := range targets {
			begin := time.Now()
			text, err := call(ctx, target, o.callTimeout)
			took := time.Since(begin).Round(time.Millisecond)
			if err != nil {
				log.Printf("error: call %s failed after %s: %v", target, took, err)
				continue
			}
			log.Printf("call %s: %s (%s)", target, text, took)
			answered[target] = true
		}
		if o.callUntil && len(answered) == len(targets) {
			log.Print("every call was answered")
			os.Exit(0)
		}
		time.Sleep(o.callEvery)
	}
}

func checkOnce(o options) int {
	text, err := call(context.Background(), o.check, o.callTimeout)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(text)
	return 0
}

func call(ctx context.Context, target string, timeout time.Duration) (string, error) {
	// The dialler's own limit ends first: only then does the error say whether the name or the address failed.
	dialer := &net.Dialer{Timeout: timeout}
	ctx, cancel := context.WithTimeout(ctx, timeout+time.Second)
	defer cancel()
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	switch u.Scheme {
	case "http", "https":
		return callHTTP(ctx, dialer, target)
	case "tcp", "udp":
		return callEcho(ctx, dialer, u.Scheme, u.Host)
	case "dns":
		addresses, err := net.DefaultResolver.LookupHost(ctx, u.Host)
		return strings.Join(addresses, " "), err
	}
	return "", fmt.Errorf("unknown scheme %q", u.Scheme)
}

func callHTTP(ctx context.Context, dialer *net.Dialer, target string) (string, error) {
	// Connections are not kept: each call shows the network as it is now.
	transport := &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext}
	client := &http.Client{Transport: transport}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 200))
	if err != nil {
		return "", err
	}
	if response.StatusCode >= 400 {
		return "", fmt.Errorf("status %s", response.Status)
	}
	return strings.TrimSpace(string(body)), nil
}

func callEcho(ctx context.Context, dialer *net.Dialer, network, address string) (string, error) {
	c, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(deadline)
	}
	if _, err := c.Write([]byte("hello\n")); err != nil {
		return "", err
	}
	answer := make([]byte, 64)
	n, err := c.Read(answer)
	return strings.TrimSpace(string(answer[:n])), err
}
