// Package page_test opens the page of examples/rosario in Chromium.
package page_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

var (
	rosario string          // the program
	browser context.Context // of Chromium
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "rosario")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	rosario = filepath.Join(dir, "rosario")
	build := exec.Command("go", "build", "-o", rosario, "./rosario")
	build.Dir = "../../examples"
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-renderer-backgrounding", true), chromedp.Flag("lang", "en"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	defer stop()
	var closeBrowser context.CancelFunc
	browser, closeBrowser = chromedp.NewContext(allocator)
	defer closeBrowser()
	if err := chromedp.Do(browser); err != nil {
		fmt.Fprintf(os.Stderr, "these tests need Debian's package chromium: %v\n", err)
		return 1
	}
	return m.Run()
}

// server is a running rosario.
type server struct {
	t    *testing.T
	addr string
	args []string
	cmd  *exec.Cmd
}

// newServer starts rosario on a free port.
func newServer(t *testing.T, args ...string) *server {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, addr: free.Addr().String()}
	s.args = append([]string{"-addr", s.addr, "-pace", "150ms"}, args...)
	free.Close()
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) url() string { return "http://" + s.addr }

// start starts it, on the same port when it was stopped.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(rosario, s.args...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	eventually(s.t, "the server answers", func() bool {
		resp, err := http.Get(s.url() + "/state")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
}

// stop kills it, as a crash does.
func (s *server) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// eventually polls until ok is true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// tab is an open page.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close context.CancelFunc

	mu     sync.Mutex
	errors []string
}

// open opens the server's page in a profile of its own.
func open(t *testing.T, s *server, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	return newTab(t, browser, s, before, chromedp.WithNewBrowserContext())
}

// another opens one more tab in the profile of b.
func (b *tab) another(s *server) *tab {
	b.t.Helper()
	return newTab(b.t, b.ctx, s, nil)
}

func newTab(t *testing.T, parent context.Context, s *server, before []chromedp.Action[chromedp.Void], opts ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t}
	b.ctx, b.close = chromedp.NewContext(parent, append(opts, chromedp.WithListener(b.hear))...)
	t.Cleanup(b.close)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, text := range b.errors {
			t.Errorf("the script failed: %s", text)
		}
	})
	b.do(before...)
	b.do(chromedp.Navigate(s.url()))
	b.until(`document.querySelector('#server').classList.contains('up')`)
	return b
}

// hear keeps the exceptions that no script has caught.
func (b *tab) hear(event any) {
	if e, ok := event.(*runtime.EventExceptionThrown); ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.errors = append(b.errors, fmt.Sprint(e.ExceptionDetails))
	}
}

// do runs actions.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	limit := time.AfterFunc(2*patience, b.close)
	defer limit.Stop()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval returns the value of a JavaScript expression.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits until a JavaScript expression is true.
func (b *tab) until(expression string) {
	b.t.Helper()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !eval[bool](b, "!!("+expression+")"); <-tick.C {
		if time.Now().After(end) {
			b.picture("failed-" + strings.ReplaceAll(b.t.Name(), "/", "-"))
			b.t.Fatalf("not within %v: %s\nthe page says:\n%s", patience, expression, eval[string](b, "document.body.innerText"))
		}
	}
}

// ask types a question and presses Enter.
func (b *tab) ask(question string) {
	b.t.Helper()
	b.do(chromedp.SendKeys("#question", question+"\r"))
}

// badges are what the cards say, the newest first.
func (b *tab) badges() string {
	b.t.Helper()
	return eval[string](b, `[...document.querySelectorAll('.badge')].map((e) => e.textContent).join(', ')`)
}

// click clicks the button that does something, on the newest card that has it.
func (b *tab) click(does string) {
	b.t.Helper()
	button := `.card [data-do=` + does + `]:not([hidden]):not(:disabled)`
	b.until(`document.querySelector('` + button + `')`)
	b.do(chromedp.Click(button))
}

// picture keeps what the tab shows, for people.
func (b *tab) picture(name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll("pictures", 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("pictures", name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
