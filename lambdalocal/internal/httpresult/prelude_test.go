package httpresult

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// FuzzPrelude: a prelude is read in the same way whatever pieces it comes in, and all
// that comes after it is the body.
func FuzzPrelude(f *testing.F) {
	nul := strings.Repeat("\x00", 8)
	for _, seed := range []string{
		"", "{}", "{}" + nul, "{}" + nul + "x", "{}" + nul + "\x00x", nul, "null" + nul, "{}" + nul[1:], "\x00{}" + nul,
		`{"statusCode":204,"headers":{"a":"b","content-type":1},"multiValueHeaders":{"a":["b","c"]},"cookies":["d"]}` + nul + nul,
		`{"statusCode":99}` + nul, `{"statusCode":"200"}` + nul, `{"headers":{"a\n":"b"}}` + nul, `{"body":"x"}` + nul, `{"cookies":["a\nb"]}` + nul,
		strings.Repeat(" ", 16<<10) + "{}" + nul, strings.Repeat(" ", 16<<10-10) + "{}" + nul + "x", strings.Repeat(" ", 16<<10-9) + "{}" + nul,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		for name, read := range map[string]func(string, *bufio.Reader) (*Response, error){"function URL": ReadHead, "REST API": ReadRESTHead} {
			whole := bufio.NewReader(bytes.NewReader(response))
			pieces := bufio.NewReader(iotest.OneByteReader(bytes.NewReader(response)))
			head, err := read(contentIntegration, whole)
			again, errAgain := read(contentIntegration, pieces)
			if diff := cmp.Diff(head, again); diff != "" || (err == nil) != (errAgain == nil) {
				t.Fatalf("%s: in pieces: %s, %v and %v", name, diff, err, errAgain)
			}
			if name == "REST API" {
				if buffered := RESTHead(response); !cmp.Equal(buffered, head) {
					t.Errorf("buffered: got %+v, want %+v", buffered, head)
				}
			}
			if err != nil {
				continue
			}
			rest, _ := io.ReadAll(whole)
			restAgain, _ := io.ReadAll(pieces)
			_, body, _ := bytes.Cut(response, preludeEnd)
			if !bytes.Equal(rest, body) || !bytes.Equal(restAgain, body) {
				t.Errorf("%s: the body is %q and %q, want %q", name, rest, restAgain, body)
			}
			if head.Status < 200 || head.Status > 599 || len(head.Body) > 0 {
				t.Errorf("%s: got %+v", name, head)
			}
		}
	})
}
