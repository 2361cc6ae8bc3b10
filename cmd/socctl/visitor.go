package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// visitor asks hosts whether pages are gone. References stand in rules that
// anybody may propose, so addresses inside a network are not asked.
type visitor struct {
	client  *http.Client
	private bool // may be asked too, which tests need
}

const (
	visitTimeout = 10 * time.Second
	maxRedirects = 5
)

var errPrivate = errors.New("the address is not public")

func newVisitor() *visitor {
	v := &visitor{}
	dialer := &net.Dialer{Timeout: visitTimeout / 2, Control: func(_, address string, _ syscall.RawConn) error { return v.allowed(address) }}
	v.client = &http.Client{
		Timeout:   visitTimeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: visitTimeout},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errors.New("too many redirections")
			}
			return nil
		},
	}
	return v
}

// allowed refuses addresses that are not public. It sees what a name resolves
// to, also behind a redirection.
func (v *visitor) allowed(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if !v.private && (!ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip)) {
		return errPrivate
	}
	return nil
}

// shared are the addresses between a provider and its customers, RFC 6598.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// gone says how a page is known to be gone, "" if it is not, or nobody can tell.
func (v *visitor) gone(ctx context.Context, url string) string {
	reason := v.ask(ctx, http.MethodHead, url)
	if reason == "" {
		return ""
	}
	return v.ask(ctx, http.MethodGet, url) // not every server knows HEAD
}

func (v *visitor) ask(ctx context.Context, method, url string) string {
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return ""
	}
	request.Header.Set("User-Agent", "socctl/"+version())
	response, err := v.client.Do(request)
	var lookup *net.DNSError
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "there is no host " + lookup.Name
	case err != nil:
		return ""
	}
	response.Body.Close()
	if response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone {
		return fmt.Sprintf("%d %s", response.StatusCode, http.StatusText(response.StatusCode))
	}
	return ""
}
