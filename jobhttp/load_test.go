package jobhttp_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// load is what is asked of a handler on one core.
type load struct {
	jobs, watchers int // watchers of all jobs
	submissions    int // a second, each of a job that is worked on at once
	lasts          time.Duration
}

// The load, and the part of it for when each benchmark is only tried.
var (
	full  = load{jobs: 100, watchers: 1000, submissions: 200, lasts: 30 * time.Second}
	tried = load{jobs: 20, watchers: 200, submissions: 50, lasts: time.Second}
)

func theLoad() load {
	if flag.Lookup("test.benchtime").Value.String() == "1x" {
		return tried
	}
	return full
}

// BenchmarkWatch has many watchers of many jobs, while others are submitted. The watched
// jobs report each second, and end one after another. It fails when a watcher misses an
// end.
func BenchmarkWatch(b *testing.B) {
	l := theLoad()
	b.Run("memstore", func(b *testing.B) {
		l.run(b, memstore.New[string, string](), true)
	})
	b.Run("dynamostore", func(b *testing.B) {
		l.jobs, l.submissions = 20, 10 // the local server takes no more
		l.run(b, dynamoJobs(b), false)
	})
}

// run reports what the load took. A store that notifies is found through its wrapper.
func (l load) run(b *testing.B, jobs jobstore.JobStore[string, string], notifies bool) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range b.N {
		c := &counting{JobStore: jobs}
		store := jobstore.JobStore[string, string](c)
		if notifies {
			store = notifying{c}
		}
		x := &loaded{load: l, b: b, store: store, counted: c}
		x.server = httptest.NewServer(jobhttp.New(store, jobhttp.AllowAll))
		x.run()
		x.server.Close()
	}
}

// loaded is one run of a load.
type loaded struct {
	load
	b       *testing.B
	store   jobstore.JobStore[string, string]
	counted *counting
	server  *httptest.Server

	wg      sync.WaitGroup
	settled sync.Map // job ID to time
	begun   atomic.Int64

	mu   sync.Mutex
	late []time.Duration
}

func (x *loaded) run() {
	ids := make([]string, x.jobs)
	for i := range ids {
		created, err := x.store.Create(x.b.Context(), "q")
		if err != nil {
			x.b.Fatal(err)
		}
		ids[i] = created.ID
	}
	clients := x.clients()
	before := memory()
	for i := range x.watchers {
		x.wg.Go(func() { x.watch(ids[i%len(ids)]) })
	}
	eventually(x.b, time.Minute, func() bool { return x.begun.Load() == int64(x.watchers) })
	each := (memory()-before)/float64(x.watchers) - clients
	x.counted.reads.Store(0)
	x.work(ids)
	x.wg.Wait()
	if len(x.late) != x.watchers {
		x.b.Errorf("%d of %d watchers saw the end", len(x.late), x.watchers)
	}
	slices.Sort(x.late)
	x.b.ReportMetric(each, "B/watcher")
	x.b.ReportMetric(float64(x.late[len(x.late)*99/100].Microseconds())/1000, "ms-p99")
	x.b.ReportMetric(float64(x.late[len(x.late)/2].Microseconds())/1000, "ms-median")
	x.b.ReportMetric(float64(x.counted.reads.Load())/float64(x.jobs)/x.lasts.Seconds(), "reads/job/s")
	x.b.ReportMetric(0, "ns/op")
}

// clients is what a client takes, which has a server that does nothing.
func (x *loaded) clients() float64 {
	idle, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		x.b.Fatal(err)
	}
	defer idle.Close()
	before := memory()
	var wg sync.WaitGroup
	conns := make([]net.Conn, x.watchers)
	for i := range conns {
		wg.Go(func() { _ = events(idle.Addr().String(), "x", func([]byte) bool { return true }) })
		if conns[i], err = idle.Accept(); err != nil {
			x.b.Fatal(err)
		}
		line := make([]byte, 4)
		if _, err := conns[i].Read(line); err != nil { // it has sent its request
			x.b.Fatal(err)
		}
	}
	each := (memory() - before) / float64(x.watchers)
	for _, conn := range conns {
		conn.Close()
	}
	wg.Wait()
	return each
}

// memory is what the heap and the stacks take.
func memory() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// watch sees a job's first event and its end.
func (x *loaded) watch(id string) {
	first := true
	err := events(x.server.Listener.Addr().String(), id, func(line []byte) bool {
		if first && bytes.HasPrefix(line, []byte("data: ")) {
			first = false
			x.begun.Add(1)
		}
		return !bytes.Contains(line, []byte(`"status":"complete"`))
	})
	if err != nil {
		x.b.Error("the watch ended: ", err)
		return
	}
	x.saw(id)
}

// events is a client that takes little memory. It reads lines as long as more says so.
func events(addr, id string, more func(line []byte) bool) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET /%s/events HTTP/1.1\r\nHost: x\r\n\r\n", id); err != nil {
		return err
	}
	r := bufio.NewReaderSize(conn, 512)
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if !more(line) {
			return nil
		}
	}
}

func (x *loaded) saw(id string) {
	now := time.Now()
	at, ok := x.settled.Load(id)
	if !ok {
		at = now // before the call that settled it has returned
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.late = append(x.late, now.Sub(at.(time.Time)))
}

// work ends the watched jobs in the last five sixths of the time, and submits others.
func (x *loaded) work(ids []string) {
	ctx, cancel := context.WithTimeout(x.b.Context(), x.lasts)
	defer cancel()
	for i, id := range ids {
		ends := x.lasts/6 + x.lasts*5/6*time.Duration(i)/time.Duration(len(ids))
		x.wg.Go(func() { x.runFor(id, ends) })
	}
	tick := time.NewTicker(time.Second / time.Duration(x.submissions))
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		x.wg.Go(x.submit)
	}
}

// runFor notes the time before the write, so that what is measured includes it.
func (x *loaded) runFor(id string, d time.Duration) {
	err := jobstore.Run(x.b.Context(), x.store, id, func(ctx context.Context, _ *job) (string, error) {
		for end, n := time.After(d), 0; ; n++ {
			select {
			case <-end:
				x.settled.Store(id, time.Now())
				return "done", nil
			case <-time.After(time.Second):
				_ = jobstore.Report(ctx, min(n, 99), "on it")
			}
		}
	})
	if err != nil {
		x.b.Error(err)
	}
}

func (x *loaded) submit() {
	resp, err := http.Post(x.server.URL+"/", "application/json", strings.NewReader(`"q"`))
	if err != nil {
		x.b.Error(err)
		return
	}
	_ = resp.Body.Close()
	id := strings.TrimPrefix(resp.Header.Get("Location"), "./")
	if err := jobstore.Run(x.b.Context(), x.store, id, func(context.Context, *job) (string, error) { return "done", nil }); err != nil {
		x.b.Error(err)
	}
}
