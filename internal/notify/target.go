package notify

import (
	"cmp"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"realname/internal/netguard"
	"realname/internal/review"
)

// ports are those at which receivers are reached beyond the operator's own premises:
// our network is nobody's means to knock at mail or database servers.
var ports = []string{"443", "8443"}

// guarded is a guard for them.
func guarded(g netguard.Guard) netguard.Guard {
	for _, p := range ports {
		n, _ := strconv.ParseUint(p, 10, 16) // they are ours
		g.Ports = append(g.Ports, uint16(n))
	}
	return g
}

// CheckTarget says why a target cannot be one of its kind. Names are judged later,
// by the addresses that they lead to at each connection; an address that is written
// out is judged at once.
func CheckTarget(kind review.EndpointKind, target string, allow []netip.Prefix) error {
	if kind == review.Email {
		return checkMail(target)
	}
	u, err := url.Parse(target)
	if err != nil || u.Hostname() == "" {
		return fmt.Errorf("want a URL such as https://example.com/hook")
	}
	if u.User != nil || u.Fragment != "" {
		return fmt.Errorf("want a URL without user, password and fragment")
	}
	addr, err := netip.ParseAddr(u.Hostname())
	own := err == nil && slices.ContainsFunc(allow, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
	if err == nil && !own {
		if err := netguard.Check(addr); err != nil {
			return fmt.Errorf("the address is not public and not in WEBHOOK_ALLOW")
		}
	}
	if !own && !slices.Contains(ports, cmp.Or(u.Port(), "443")) && (err == nil || len(allow) == 0) {
		return fmt.Errorf("want port %s; others are only for addresses in WEBHOOK_ALLOW", strings.Join(ports, " or "))
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !own) {
		return fmt.Errorf("want https; http is only for addresses in WEBHOOK_ALLOW")
	}
	return nil
}

func checkMail(target string) error {
	if target == "" {
		return nil // the registrant's
	}
	if a, err := netmail.ParseAddress(target); err != nil || a.Address != target {
		return fmt.Errorf("want one mail address without a name, or none for the registrant's own")
	}
	return nil
}
