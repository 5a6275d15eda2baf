import { regulated } from "./parts/regulated.ts";

export default regulated(
  "regulator",
  "A regulator looks for capital ratio, rescue and largest exposure while banks learn to respond.",
  { mayRescue: true },
);
