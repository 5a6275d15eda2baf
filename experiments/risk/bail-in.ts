import { regulated } from "./parts/regulated.ts";

export default regulated(
  "bail-in",
  "A regulator who may not rescue looks for capital ratio and largest exposure while banks learn to respond.",
  { mayRescue: false },
);
