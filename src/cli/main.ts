// walras <verb>: one file per verb. `--json` prints one document on stdout; progress goes to stderr; the exit status is 0 only on success.
import { walras } from "./program.ts";
import { watchStreams } from "./terminal.ts";
import { startWatchdog } from "./watchdog.ts";

watchStreams();
startWatchdog();
await walras(process.argv.slice(2));
