/** The cluster worker as it is, with counters beside it: requests and bytes at the sockets, memory of the thread. */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { getHeapStatistics } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { runWorker } from '../../server/src/cluster/worker.ts';

/** Places of the counters in the shared array. */
export const REQUESTS = 0;
export const BYTES = 1;
export const PEAK_MEMORY = 2;

export interface CountedStart {
  counters: Float64Array<SharedArrayBuffer>;
}

const SAMPLE_MS = 10;

function count(counters: CountedStart['counters']): void {
  const read = new Map<Socket, number>();
  const add = (place: number, amount: number): void => {
    counters[place] = (counters[place] ?? 0) + amount;
  };
  const sample = (): void => {
    for (const [socket, before] of read) {
      add(BYTES, socket.bytesRead - before);
      read.set(socket, socket.bytesRead);
    }
    // Buffers lie outside of the heap.
    const { used_heap_size, external_memory } = getHeapStatistics();
    counters[PEAK_MEMORY] = Math.max(counters[PEAK_MEMORY] ?? 0, used_heap_size + external_memory);
  };
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    add(REQUESTS, 1);
    const watch = (socket: Socket): void => {
      if (read.has(socket)) return;
      read.set(socket, 0);
      socket.once('close', () => {
        add(BYTES, socket.bytesRead - (read.get(socket) ?? 0));
        read.delete(socket);
      });
    };
    if (request.socket) watch(request.socket);
    else request.once('socket', watch);
  });
  setInterval(sample, SAMPLE_MS).unref();
}

const start = workerData as Partial<CountedStart> | null;
if (start?.counters) {
  count(start.counters);
  runWorker();
}
