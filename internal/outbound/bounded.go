package outbound

import "net/http"

// Doer sends requests. [http.Client] is one, and the HTTPClient of the AWS SDK's options.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Bounded returns d without answers that the request's context would not end, or that would
// fill the memory: with status 101, and longer than [MaxAnswer].
func Bounded(d Doer) Doer { return bounded{d} }

type bounded struct{ Doer }

func (b bounded) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.Doer.Do(r)
	if err != nil {
		return resp, err
	}
	if err := Answered(resp); err != nil {
		return nil, err
	}
	if resp.Body != nil {
		resp.Body = &answer{resp.Body, MaxAnswer}
	}
	return resp, nil
}
