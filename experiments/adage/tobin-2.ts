import { tobinExperiment } from "./parts/tobin.ts";

export default tobinExperiment("adage/tobin-2", 2);
