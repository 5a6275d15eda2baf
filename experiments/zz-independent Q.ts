import e from "./bonding/resource-learners.ts";
export default { ...(e.beside["independent Q"] ?? e), beside: {}, expect: null };
