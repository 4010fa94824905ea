package loopback

import (
	"net/http"
	"testing"
)

func TestIsHost(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:9001": true, "127.1.2.3:80": true, "127.0.0.1.": true, "127.0.0.1.:80": true,
		"localhost": true, "localhost:9001": true, "LocalHost:9001": true, "LOCALHOST.": true, "localhost.:80": true,
		"[::1]": true, "[::1]:9001": true, "::1": true, "[::ffff:127.0.0.1]:80": true, "[0:0:0:0:0:0:0:1]:80": true,

		"": false, ".": false, ":80": false, "0.0.0.0:9001": false, "[::]:9001": false, "10.0.0.1": false, "192.168.1.2:80": false,
		"evil.example": false, "evil.example:9001": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false,
		"127.0.0.1.nip.io:80": false, "localtest.me": false, "notlocalhost": false, "evil.localhost": false, "localhost..": false,
		"127.0.0.1@evil.example": false, "evil.example#localhost": false, "127.1": false, "2130706433": false, "0x7f000001": false,
		"[::1": false, "::1]": false, "127.0.0.1:80:80": false, "localhost, evil.example": false, "127.0.0.1 ": false, "[::1%25evil.example]": false, "::1%lo": false, "127.0.0.1/evil": false,
	} {
		if IsHost(host) != want {
			t.Errorf("%q: got %v", host, !want)
		}
	}
}

func TestPageHeader(t *testing.T) {
	for name, want := range map[string]string{"Origin": "Origin", "Sec-Fetch-Site": "Sec-Fetch-Site", "Sec-Fetch-Mode": "", "Referer": ""} {
		for _, value := range []string{"", "null", "https://evil.example", "same-origin", "none"} {
			r := &http.Request{Header: http.Header{}}
			r.Header.Set(name, value)
			if got := PageHeader(r); got != want {
				t.Errorf("%s: %s: got %q", name, value, got)
			}
		}
	}
}
