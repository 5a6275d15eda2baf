import { tobinExperiment } from "./parts/tobin.ts";

export default tobinExperiment("adage/tobin-18", 18);
