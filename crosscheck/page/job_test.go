package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	newest   = `document.querySelector('.card')`
	answered = newest + `?.querySelector('.badge.complete')`
	running  = newest + `?.querySelector('.badge.processing')`
)

// TestAnswerGrows: the answer is there before it is whole, with progress and time.
func TestAnswerGrows(t *testing.T) {
	b := open(t, newServer(t, "-pace", "500ms"))
	b.ask("What were sales last month?")
	b.until(newest + `?.querySelector('.answer.growing')?.textContent.includes('Sales')`)
	first := eval[string](b, newest+`.querySelector('.answer').textContent`)
	if bar := eval[float64](b, newest+`.querySelector('progress').value`); bar <= 0 || bar >= 100 {
		t.Errorf("the bar is at %v", bar)
	}
	if elapsed := eval[string](b, newest+`.querySelector('.elapsed').textContent`); !strings.HasSuffix(elapsed, " s") {
		t.Errorf("the elapsed time is %q", elapsed)
	}
	b.picture("growing")
	b.until(answered)
	whole := eval[string](b, newest+`.querySelector('.answer').textContent`)
	if !strings.HasPrefix(whole, first) || len(whole) <= len(first) || !strings.HasSuffix(whole, `"What were sales last month?".`) {
		t.Errorf("first %q, in the end %q", first, whole)
	}
}

// TestSixAtOnce: no question waits for another. With one after the other, at most one has
// begun when the first ends.
func TestSixAtOnce(t *testing.T) {
	b := open(t, newServer(t, "-pace", "700ms"))
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		b.ask("Question " + n)
	}
	b.until(`document.querySelectorAll('.badge.processing').length === 6`)
	b.until(`document.querySelectorAll('.answer.growing').length === 6`)
	b.until(`document.querySelectorAll('#lanes .event').length >= 6`)
	b.picture("six-at-once")
	b.until(`document.querySelectorAll('.badge.complete').length === 6`)
}

func TestCancel(t *testing.T) {
	s := newServer(t, "-pace", "2s")
	b := open(t, s)
	b.ask("Too slow")
	b.until(running)
	b.click("cancel")
	b.until(newest + `.querySelector('.badge.canceled')?.textContent === 'Canceled'`)
	b.picture("canceled")
	b.click("again")
	b.until(running)
	if badges := b.badges(); strings.Contains(badges, ",") {
		t.Errorf("the cards say %s, want one card", badges)
	}
}

// TestFailedAndRetried: the error is a sentence, and another try of the same job answers.
func TestFailedAndRetried(t *testing.T) {
	b := open(t, newServer(t))
	b.ask("Can you fail?")
	b.until(newest + `?.querySelector('.badge.error')?.textContent === 'Failed'`)
	if text := eval[string](b, newest+`.querySelector('.answer').textContent`); text != "Claude did not answer." {
		t.Errorf("the error is %q", text)
	}
	id := eval[string](b, stored+`.id`)
	b.picture("failed")
	b.do(chromedp.Click(`.card [data-do=retry]`))
	b.until(answered)
	if again := eval[string](b, stored+`.id`); again != id {
		t.Errorf("the answer is of job %s, want %s", again, id)
	}
}

// stored is the only question that the browser keeps.
const stored = `JSON.parse(localStorage[Object.keys(localStorage).find((k) => k.startsWith('rosario.job.'))])`

// TestWaitsForABusyModel: a job that waits says so, and why.
func TestWaitsForABusyModel(t *testing.T) {
	b := open(t, newServer(t))
	b.ask("How busy are you?")
	b.until(newest + `?.querySelector('.badge.waiting')?.textContent === 'Waiting'`)
	b.until(answered)
}

func TestDoubleClick(t *testing.T) {
	b := open(t, newServer(t))
	b.do(chromedp.SendKeys("#question", "Once"), chromedp.DoubleClick("#ask button"))
	b.until(answered)
	b.do(chromedp.DoubleClick(`.card [data-do=remove]`))
	b.until(`!document.querySelector('.card')`)
	b.ask("Can you fail?")
	b.until(newest + `?.querySelector('.badge.error')`)
	b.do(chromedp.DoubleClick(`.card [data-do=retry]`))
	b.until(answered)
	if badges := b.badges(); badges != "Answered" {
		t.Errorf("the cards say %s, want one answer", badges)
	}
}

// TestReload in the middle: the same job goes on, and its answer stays.
func TestReload(t *testing.T) {
	b := open(t, newServer(t, "-pace", "500ms"))
	b.ask("Survivor")
	b.until(running)
	id := eval[string](b, stored+`.id`)
	b.do(chromedp.Reload())
	b.until(running)
	b.until(answered)
	b.do(chromedp.Reload())
	b.until(answered)
	if again := eval[string](b, stored+`.id`); again != id || b.badges() != "Answered" {
		t.Errorf("job %s, then %s; the cards say %s", id, again, b.badges())
	}
}

func TestSlackThread(t *testing.T) {
	b := open(t, newServer(t))
	b.do(chromedp.DoubleClick("#say button"))
	b.until(`document.querySelector('#said').textContent.includes('200')`)
	b.until(`document.querySelector('#thread .bot p:not(.writing)')?.textContent.includes('Sales were up')`)
	if n := eval[int](b, `document.querySelectorAll('#thread li').length`); n != 2 {
		t.Errorf("%d messages, want the question and its answer", n)
	}
	b.until(`document.querySelector('#lanes .request') && document.querySelector('#lanes .event')`)
	b.picture("slack")
}

// TestTimeline names the functions and what started them.
func TestTimeline(t *testing.T) {
	b := open(t, newServer(t))
	b.ask("Where?")
	b.until(answered)
	b.do(chromedp.Click("summary"))
	for _, want := range []string{"processqueryjob took", "started by the table stream", "started by an asynchronous event"} {
		b.until(`document.querySelector('#runs').textContent.includes('` + want + `')`)
	}
}
