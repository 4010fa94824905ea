// The types of watch.js, for a copy beside it.

/** What a client sees of a job: View in the Go package jobhttp. */
export interface Job<Out = any> {
  id: string;
  status: 'pending' | 'processing' | 'complete' | 'error';
  progress: number;
  progressMessage?: string;
  output?: Out; // while the status is not complete, what there is of it
  error?: string;
  canceled?: boolean;
  createdAt: string;
  updatedAt: string;
  expiresAt?: string;
  version: string;
  input?: any; // this and the next two only where the server's Options say so
  metadata?: any;
  history?: any;
}

/** The comment of watch.js says what each of them is. */
export interface Options<Out = any> {
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  onChange?: (job: Job<Out>) => void;
  onError?: (error: Error & { status?: number }) => void;
  signal?: AbortSignal;
  poll?: boolean;
}

export function watchJob<Out = any>(url: string, options?: Options<Out>): Promise<Job<Out>>;
