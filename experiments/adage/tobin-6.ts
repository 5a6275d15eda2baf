import { tobinExperiment } from "./parts/tobin.ts";

export default tobinExperiment("adage/tobin-6", 6);
