// What needs Node: `import { fileStore } from "walras/node"`. Everything else that walras exports runs in a browser, too.
export { threadGroup } from "../engine/threads.ts";
export { federateOnProcesses, type ProcessOptions } from "../federated/processes.ts";
export { federateOnThreads, type ThreadedOptions } from "../federated/threads.ts";
export { backendNamed } from "../nn/backends/onnx.ts";
export { writeReport } from "../report/write.ts";
export { fileStore } from "../store/files.ts";
