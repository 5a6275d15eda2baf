import { movers } from "./parts/movers.ts";

export default movers({
  name: "wedge",
  summary: "A payroll tax of one half on the farm drives labour to the mill, and comes back to everybody.",
  params: { farmPayrollTax: 0.5 },
});
