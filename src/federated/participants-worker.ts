// One thread of threads.ts, or one process of processes.ts.
import { parentPort } from "node:worker_threads";
import { respondentsOf } from "./places.ts";
import { serve, type Wire } from "./transport.ts";

const wire: Wire = parentPort
  ? {
      post: (message) => parentPort!.postMessage(message),
      listen: (heard) => void parentPort!.on("message", heard),
      close: () => parentPort!.close(),
    }
  : {
      post: (message) => void process.send?.(message),
      listen: (heard) => void process.on("message", heard).on("disconnect", () => process.exit()),
      close: () => process.disconnect(),
    };
serve(wire, respondentsOf);
