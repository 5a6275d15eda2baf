// Parts that economies are composed of.
export { firms } from "./firms.ts";
export { households } from "./households.ts";
export { market } from "./market.ts";
