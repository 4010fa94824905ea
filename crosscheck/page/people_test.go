package page_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestNarrow: a phone shows everything without scrolling sideways, long words too.
func TestNarrow(t *testing.T) {
	b := open(t, newServer(t), chromedp.EmulateViewport(360, 800))
	b.ask(strings.Repeat("Donaudampfschifffahrt", 15))
	b.until(answered)
	b.do(chromedp.Click("#say button"))
	b.until(`document.querySelector('#thread .bot p:not(.writing)')`)
	if width := eval[int](b, "document.documentElement.scrollWidth"); width > 360 {
		t.Errorf("the page is %d pixels wide, want 360", width)
	}
	const outside = `[...document.querySelectorAll('main *:not(.hidden, .lane *)')].filter((e) => e.getBoundingClientRect().right > 360.5).map((e) => e.outerHTML.slice(0, 80)).join('\n')`
	if cut := eval[string](b, outside); cut != "" {
		t.Errorf("outside of the screen:\n%s", cut)
	}
	const small = `[...document.querySelectorAll('button, input, summary')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 80)).join('\n')`
	if hard := eval[string](b, small); hard != "" {
		t.Errorf("lower than 24 pixels:\n%s", hard)
	}
	b.picture("narrow")
}

// TestRightToLeft: a text that begins so is shown so, while it is typed too.
func TestRightToLeft(t *testing.T) {
	b := open(t, newServer(t))
	b.ask("מה היו המכירות?")
	b.do(chromedp.SendKeys("#question", "מה"), chromedp.SetValue("#message", "מה שלומך?"), chromedp.Click("#say button"))
	b.until(newest + `?.querySelector('.answer').textContent`)
	b.until(`document.querySelector('#thread .you p')`)
	for _, what := range []string{"h3", "#question", "#thread .you p"} {
		if direction := eval[string](b, `getComputedStyle(document.querySelector('`+what+`')).direction`); direction != "rtl" {
			t.Errorf("%s is %s", what, direction)
		}
	}
	if auto := eval[bool](b, newest+`.querySelector('.answer').dir === 'auto'`); !auto {
		t.Error("an answer has the direction of the page")
	}
}

// TestKeyboard asks and cancels without a mouse, and the focus is never lost.
func TestKeyboard(t *testing.T) {
	b := open(t, newServer(t, "-pace", "2s"))
	b.do(chromedp.KeyEvent("By hand" + kb.Enter)) // the question has the focus
	b.until(running)
	for n := 0; eval[string](b, `document.activeElement.dataset.do ?? ''`) != "cancel"; n++ {
		if n == 20 {
			t.Fatal("Tab does not reach the button")
		}
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	b.picture("keyboard")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(newest + `.querySelector('.badge.canceled')`)
	b.until(`document.querySelector('.card').contains(document.activeElement)`)
}

// TestScreenReader: what can be used has a name, and what happens is said.
func TestScreenReader(t *testing.T) {
	b := open(t, newServer(t))
	b.ask("Can you fail?")
	b.until(newest + `?.querySelector('.badge.error')`)
	b.until(`document.querySelector('#news[aria-live=polite]').textContent === 'Failed: Can you fail?. Claude did not answer.'`)
	b.click("retry")
	b.until(answered)
	b.until(`document.querySelector('#news').textContent.startsWith('Answered: Can you fail?. Sales were up')`)
	b.ask("What were sales last month?")
	b.until(running)
	tree, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) ([]*accessibility.Node, error) {
		res, err := cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		return res.Nodes, err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for _, node := range tree {
		role, name := text(node.Role), text(node.Name)
		if node.Ignored {
			continue
		}
		switch role {
		case "button", "textbox", "progressbar", "heading", "listitem", "region":
			if named[role]++; name == "" && role != "listitem" {
				t.Errorf("a %s has no name", role)
			}
		}
	}
	for _, role := range []string{"button", "textbox", "progressbar", "heading", "region"} {
		if named[role] == 0 {
			t.Errorf("there is no %s: %v", role, named)
		}
	}
}

// text is the text of a value of the accessibility tree.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	_ = json.Unmarshal(v.Value, &s) // not text
	return s
}

// TestOverview takes the picture of docs/rosario.png: a failed job, one with its answer, one
// that is written and one whose worker was killed, beside the Slack thread.
func TestOverview(t *testing.T) {
	b := open(t, newServer(t, "-pace", "600ms"))
	b.ask("Can you fail?")
	b.until(newest + `?.querySelector('.badge.error')`)
	b.ask("What were sales last month?")
	b.do(chromedp.Click("#say button"))
	b.until(answered)
	b.until(`document.querySelector('#thread .bot p:not(.writing)')`)
	b.ask("Who was here before you?")
	b.ask("Which region grew fastest?")
	b.until(newest + `?.querySelector('.answer.growing')?.textContent.includes('north')`)
	b.picture("overview")
}

// contrasts lists the texts whose color is too close to what is behind them. WCAG asks for
// 4.5 to 1.
const contrasts = `(() => {
  const rgb = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = rgb(c).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if ((rgb(c)[3] ?? 1) === 1) return c; } return 'rgb(255, 255, 255)'; };
  return [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())).flatMap((e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
    return ratio < 4.5 ? [e.textContent.slice(0, 40) + ': ' + ratio.toFixed(2)] : [];
  }).join('\n');
})()`

// TestColors can be read in the light and in the dark.
func TestColors(t *testing.T) {
	s := newServer(t)
	backs := map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		b := open(t, s, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}))
		b.ask(fmt.Sprintf("What were sales in the %s?", scheme))
		b.until(answered)
		b.do(chromedp.Click("#say button"))
		b.until(`document.querySelector('#thread .bot p:not(.writing)')`)
		b.ask("Who was here before you?")
		b.until(running)
		if poor := eval[string](b, contrasts); poor != "" {
			t.Errorf("%s: too little contrast:\n%s", scheme, poor)
		}
		b.picture(scheme)
		backs[eval[string](b, "getComputedStyle(document.body).backgroundColor")] = scheme
	}
	if len(backs) != 2 {
		t.Errorf("the backgrounds are %v, want one for each scheme", backs)
	}
}
