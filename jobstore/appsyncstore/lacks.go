package appsyncstore

// Lacks says what the store cannot do for want of fields, in a sentence each. It is empty
// for the model of the package documentation, and with [Fields].State.
func (s *Store[In, Out]) Lacks() []string {
	f := s.opts.Fields
	if f.State != "" {
		return nil
	}
	var all []string
	for _, l := range []struct{ name, lack string }{
		{f.Attempt, "a job has one attempt: its first failure is final, and so is the death of its worker, which is noticed 15 minutes after the job's latest change"},
		{f.Attempt, "a claim whose answer is lost is taken for another worker's: the job ends as error 15 minutes later"},
		{f.Attempt, "a late copy of a claim or settle takes effect while the status allows it: a job that was given back can be claimed or ended by it"},
		{f.ClaimableFrom, "no job waits: a start time is refused, and a job that is given back is due at once"},
		{f.CreateToken, "a repeated Create knows its own earlier try only by the time of creation and the input"},
		{f.MaxAttempts, "a job cannot have attempts of its own"},
		{f.OnLeaseExpiry, "a job cannot choose what happens when its lease ends"},
		{f.Canceled, "a canceled job looks as one that failed, and its worker is told that the lease was lost"},
		{f.Progress, "progress is not stored"},
		{f.ProgressMessage, "progress messages are not stored"},
		{f.ErrorDetail, "the error's detail is not stored"},
		{f.ExpiresAt, "no job expires"},
		{f.Metadata, "metadata are refused"},
		{f.UpdatedAt, "a job whose worker died is never found"},
		{f.CreatedAt, "the time of creation is not known, so CancelJob, and with it jobhttp, cancels no job"},
	} {
		if virtual(l.name) {
			all = append(all, l.lack)
		}
	}
	return all
}
