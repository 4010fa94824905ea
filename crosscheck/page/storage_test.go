package page_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestWithoutStorage: a browser that stores nothing, or nothing more, loses no question, in
// no tab.
func TestWithoutStorage(t *testing.T) {
	for name, script := range map[string]string{
		"full": `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
		"off": `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('off', 'SecurityError'); } });
			LockManager.prototype.request = () => Promise.reject(new DOMException('off', 'SecurityError'));`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			first := open(t, s, before(script))
			second := newTab(t, first.ctx, s, []chromedp.Action[chromedp.Void]{before(script)})
			for n, b := range []*tab{first, second} {
				b.ask(fmt.Sprintf("Kept in tab %d?", n))
				b.ask("And this one?")
			}
			for _, b := range []*tab{first, second} {
				b.until(`document.querySelectorAll('.badge.complete').length === 2`)
				b.click("remove")
				b.until(`document.querySelectorAll('.card').length === 1`)
			}
		})
	}
}

// before runs a script in the tab before those of its pages.
func before(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// TestMoreThanFifty: only questions that have ended make room for new ones.
func TestMoreThanFifty(t *testing.T) {
	b := open(t, newServer(t))
	asked := `for (let n = 0; n < 60; n++) { document.querySelector('#question').value = n; document.querySelector('#ask').requestSubmit(); }
		document.querySelectorAll('.card').length`
	if n := eval[int](b, asked); n != 60 {
		t.Errorf("%d questions of 60", n)
	}
	b.until(`document.querySelectorAll('.badge.complete').length === 60`)
	b.ask("One more")
	b.until(`document.querySelectorAll('.card').length === 50`)
}
