import { tableTwo } from "./parts/table-2.ts";

export default tableTwo();
