// What becomes of a job, as React state. Copy this file and job.ts into your front end.
import { useEffect, useState } from 'react';
import { watchJob, type Job } from './job';

export interface Watched {
  job?: Job; // the newest state, once it is known
  gone?: boolean; // the job does not exist, or is another user's
  trouble?: unknown; // such as no network; the watch goes on, and the next state clears it
}

// useJob watches the job with this ID until it has ended, the ID changes or the component goes.
// Without an ID it watches nothing. Keep the ID in the page's address, so that a reload finds the job.
export function useJob(id: string | undefined): Watched {
  const [watched, setWatched] = useState<Watched & { id?: string }>({ id });
  useEffect(() => {
    if (!id) return;
    return watchJob(id, {
      onChange: (job) => setWatched({ id, job }),
      onGone: () => setWatched({ id, gone: true }),
      onTrouble: (trouble) => setWatched((last) => ({ id, job: last.id === id ? last.job : undefined, trouble })),
    });
  }, [id]);
  return watched.id === id ? watched : {}; // never what another job was
}
