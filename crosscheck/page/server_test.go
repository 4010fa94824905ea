package page_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/chromedp/chromedp"
)

// TestServerDown: the page says so, keeps a question that is asked meanwhile, and sends it
// when the server is back. The jobs of the old server are lost, and can be asked again.
func TestServerDown(t *testing.T) {
	s := newServer(t, "-pace", "1s")
	b := open(t, s)
	b.ask("Before")
	b.until(running)
	s.stop()
	b.until(`document.querySelector('#server.down')?.textContent.includes('does not answer')`)
	b.ask("Meanwhile")
	b.until(newest + `.querySelector('.badge').textContent === 'Not sent yet'`)
	b.picture("server-down")
	s.start()
	b.until(`document.querySelector('#server.up')`)
	b.until(answered)
	b.until(`document.querySelector('.card:last-child .badge').textContent === 'Lost'`)
	b.picture("server-back-without-jobs")
	b.click("again")
	b.until(`document.querySelectorAll('.badge.complete').length === 2`)
}

// TestServerRestarted with its jobs: the one that ran goes on by itself.
func TestServerRestarted(t *testing.T) {
	s := newServer(t, "-pace", "500ms", "-dynamodb", dynamotest.Endpoint(t))
	b := open(t, s)
	b.ask("Durable")
	b.until(running)
	id := eval[string](b, stored+`.id`)
	s.stop()
	b.until(`document.querySelector('#server.down')`)
	s.start()
	b.until(answered)
	if again := eval[string](b, stored+`.id`); again != id {
		t.Errorf("the answer is of job %s, want %s", again, id)
	}
}

// TestSevenTabs: each asks, each sees every answer, and the last of them still works when
// the tab that watched for all is closed.
func TestSevenTabs(t *testing.T) {
	s := newServer(t, "-pace", "1s")
	tabs := []*tab{open(t, s)}
	for len(tabs) < 7 {
		tabs = append(tabs, tabs[0].another(s))
	}
	for n, b := range tabs {
		b.ask("Tab " + strconv.Itoa(n))
	}
	for _, b := range tabs {
		b.until(`document.querySelector('.answer.growing')`)
	}
	for _, b := range tabs {
		b.until(`document.querySelectorAll('.badge.complete').length === 7`)
	}
	for n, b := range tabs {
		watches := eval[int](b, `performance.getEntriesByType('resource').filter(e => e.name.includes('/events')).length`)
		if (watches > 0) != (n == 0) {
			t.Errorf("tab %d has opened %d watches, want the first tab to watch for all", n, watches)
		}
	}
	tabs[1].ask("After the first tab")
	if err := chromedp.Do(tabs[0].ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	tabs[6].until(`document.querySelectorAll('.badge.complete').length === 8`)
}

// TestMarkup of a question, of what the model says or of a Slack message is text, and no
// script of it would run.
func TestMarkup(t *testing.T) {
	const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
	b := open(t, newServer(t, "-claude-url", modelSaying(t, attack)))
	b.ask(attack)
	b.until(newest + `?.querySelector('.what').textContent.includes('<img src=x')`)
	b.until(answered)
	b.do(chromedp.SetValue("#message", attack), chromedp.Click("#say button"))
	b.until(`document.querySelector('#thread .bot p:not(.writing)')`)
	for _, part := range []string{".card h3", ".card .answer", "#news", "#thread .you p"} {
		if text := eval[string](b, `document.querySelector('`+part+`').textContent`); !strings.Contains(text, "<img src=x") {
			t.Errorf("%s is %q", part, text)
		}
	}
	if n := eval[int](b, `document.querySelectorAll('img, script:not([src])').length`); n != 0 {
		t.Errorf("%d elements are the attacker's", n)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.createElement('script'); s.textContent = "document.title = 'owned'"; document.body.append(s); })()`))
	if title := eval[string](b, "document.title"); title != "Rosario" {
		t.Errorf("the title is %q: an inline script has run", title)
	}
}

// modelSaying returns the URL of a model that says text, as its progress and as its answer.
func modelSaying(t *testing.T, text string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"progress": 50, "message": text})
		_ = http.NewResponseController(w).Flush()
		time.Sleep(time.Second) // so that the page shows it
		_ = json.NewEncoder(w).Encode(map[string]string{"claude_response": text})
	}))
	t.Cleanup(s.Close)
	return s.URL
}
