// Parts that economies are composed of.
export { firms, produce } from "./firms.ts";
export { households } from "./households.ts";
export { market } from "./market.ts";
