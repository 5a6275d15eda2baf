// How progressive should a tax be? Insurance against unequal skills on one side, hours of work on the other, in one period and in closed form.
// Heathcote, Storesletten & Violante 2017, "Optimal Tax Progressivity: An Analytical Framework", QJE 132, 1693, cut down to one period;
// the tax and the two layers of ADAGE §4.1.
//
// A government sets the progressivity ξ of T(y) = y − λ y^(1−ξ) for an episode. In each of its periods N households draw new skills, see them and ξ,
// and choose hours. λ then balances the budget. Nothing is carried over, so an episode is many draws of the same game.
// Under `unfunded`, the source's own reading, λ = (1−τ)/(1−ξ) is not asked whether it pays for itself, and a government that
// maximises welfare hands out money that does not exist.
// Left out: saving, education, public goods, risk aversion other than 1.
import { box, choice, defineEconomy, f64, flag, math, mechanisms, param, population, unknown } from "walras";
import * as theory from "./theory/hsv-static.ts";

const { exp, gini, log, pow } = math;

export const hsvStatic = defineEconomy({
  name: "hsv-static",
  source: "Heathcote, Storesletten & Violante (2017), QJE 132, 1693; ADAGE (Evans et al. 2025) §4.1",
  summary:
    "A government sets how progressive the tax is, households of unequal skill choose hours; the optimum is exact.",
  params: {
    households: param(100, { symbol: "N", unit: "agents", min: 1, max: 1e8, integer: true }),
    inverseFrisch: param(2, {
      symbol: "ζ",
      min: 0,
      max: 100,
      doc: "how steeply effort gets harder: 1/ζ is the Frisch elasticity of hours",
    }),
    logSkillVariance: param(0.25, { symbol: "s²", min: 0, max: 4, doc: "of ln e; the mean of e is 1 whatever it is" }),
    matchedSkills: flag(
      false,
      "skills of a period are shifted and stretched until mean and variance of ln e are those of the law: less noise, the same limit",
    ),
    budget: choice("balanced", ["balanced", "unfunded"], {
      doc: "balanced: λ such that taxes sum to 0; unfunded: λ = (1−τ)/(1−ξ), and the deficit is nobody's concern",
    }),
    rate: param(0, { symbol: "τ", min: -10, max: 0.99, doc: "unfunded: the marginal rate at income 1" }),
    progressivityMin: param(0, { min: -1, max: 0.99, doc: "least ξ that the government can choose" }),
    progressivityMax: param(0.95, { min: 0, max: 0.999, doc: "largest ξ that the government can choose" }),
    hoursMin: param(0.05, { unit: "hours", min: 0, max: 1, exclusive: true, doc: "least hours; nobody starves" }),
    hoursMax: param(1.5, { unit: "hours", min: 1, max: 100, exclusive: true, doc: "an untaxed household works 1" }),
    horizon: param(10, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "for which the government commits itself; then truncated, not terminated",
    }),
  },
  horizon: "horizon",
  world: {
    progressivity: f64({ unit: "1", doc: "ξ, announced for the episode" }),
    logSkills: f64({ unit: "1", doc: "Σ ln e, as drawn" }),
    logSkillSquares: f64({ unit: "1", doc: "Σ (ln e + s²/2)², as drawn" }),
    output: f64({ unit: "goods", doc: "Σ y" }),
    powered: f64({ unit: "1", doc: "Σ y^(1−ξ)" }),
    scale: f64({ unit: "1", doc: "λ" }),
    rate: f64({ unit: "1", doc: "τ = 1 − λ(1−ξ), the marginal rate at income 1" }),
    taxes: f64({ unit: "goods", doc: "Σ T(y), net of transfers" }),
    consumed: f64({ unit: "goods", doc: "Σ c" }),
    utilities: f64({ unit: "utils", doc: "Σ u" }),
  },
  populations: {
    government: population({
      size: 1,
      doc: "the leader",
      state: { welfare: f64({ unit: "utils/household", doc: "mean utility of the period" }) },
      actions: {
        progressivity: box("progressivityMin", "progressivityMax", {
          doc: "ξ: 0 proportional, towards 1 all the same",
        }),
      },
    }),
    households: population({
      size: "households",
      doc: "followers",
      state: {
        logSkill: f64({ unit: "1", doc: "ln e ~ N(−s²/2, s²), new each period" }),
        income: f64({ unit: "goods", doc: "y = e h" }),
        powered: f64({ unit: "1", doc: "y^(1−ξ)" }),
        tax: f64({ unit: "goods", doc: "T(y); negative: a transfer" }),
        consumption: f64({ unit: "goods", doc: "c = y − T(y)" }),
        utility: f64({ unit: "utils", doc: "ln c − h^(1+ζ)/(1+ζ)" }),
      },
      actions: { hours: box("hoursMin", "hoursMax", { unit: "hours", doc: "h" }) },
    }),
  },
  phases: ({ decide, each, total, world }) => ({
    legislate: decide("government", { doc: "progressivity ξ for the whole episode", every: "episode" }),
    announce: world({ doc: "everybody knows ξ" }, (w) => {
      w.progressivity = w.government.progressivity[0];
    }),
    draw: each("households", { doc: "ln e ~ N(−s²/2, s²)" }, ({ logSkill }, from, to, _w, p, draw) => {
      const z = draw.normal("skill");
      const s = Math.sqrt(p.logSkillVariance);
      for (let i = from; i < to; i++) logSkill[i] = s * (z[i] - s / 2);
    }),
    moments: total(
      "households",
      { doc: "Σ ln e, Σ (ln e + s²/2)²" },
      {
        logSkills: "logSkill",
        logSkillSquares: ({ logSkill }, i, _w, p) => {
          const z = logSkill[i] + p.logSkillVariance / 2;
          return z * z;
        },
      },
    ),
    match: each(
      "households",
      { doc: "with matchedSkills: ln e ← s (ln e − mean)/deviation − s²/2" },
      ({ logSkill, size }, from, to, w, p) => {
        if (!p.matchedSkills) return;
        const { logSkillVariance: s2 } = p;
        const drift = w.logSkills / size + s2 / 2;
        const variance = w.logSkillSquares / size - drift * drift;
        const stretch = variance > 0 ? Math.sqrt(s2 / variance) : 0;
        for (let i = from; i < to; i++) logSkill[i] = stretch * (logSkill[i] + s2 / 2 - drift) - s2 / 2;
      },
    ),
    work: decide("households", { doc: "hours, knowing skill and ξ" }),
    produce: each("households", { doc: "y = e h" }, ({ logSkill, hours, income, powered }, from, to, w) => {
      for (let i = from; i < to; i++) {
        income[i] = exp(logSkill[i]) * hours[i];
        powered[i] = pow(income[i], 1 - w.progressivity);
      }
    }),
    count: total("households", { doc: "Σ y, Σ y^(1−ξ)" }, { output: "income", powered: "powered" }),
    balance: world({ doc: "λ = Σ y / Σ y^(1−ξ); unfunded: (1−τ)/(1−ξ)" }, (w, p) => {
      const ξ = w.progressivity;
      w.scale =
        p.budget === "balanced" ? mechanisms.hsvBalancedScale(w.output, w.powered) : mechanisms.hsvScale(p.rate, ξ);
      w.rate = mechanisms.hsvRate(w.scale, ξ);
    }),
    consume: each(
      "households",
      { doc: "T = y − λ y^(1−ξ), c = y − T, u = ln c − h^(1+ζ)/(1+ζ)" },
      ({ hours, income, powered, tax, consumption, utility }, from, to, w, p) => {
        const ζ = p.inverseFrisch;
        for (let i = from; i < to; i++) {
          tax[i] = income[i] - w.scale * powered[i];
          consumption[i] = income[i] - tax[i];
          utility[i] = log(w.scale) + log(powered[i]) - pow(hours[i], 1 + ζ) / (1 + ζ);
        }
      },
    ),
    sum: total("households", { doc: "Σ T, Σ c, Σ u" }, { taxes: "tax", consumed: "consumption", utilities: "utility" }),
    judge: world({ doc: "welfare: mean utility" }, (w) => {
      w.government.welfare[0] = w.utilities / w.households.size;
    }),
  }),
  observe: {
    government: {
      welfare: { column: "welfare", doc: "mean utility of the period before; 0 at the beginning of an episode" },
    },
    households: {
      skill: {
        column: "logSkill",
        center: (p) => -p.logSkillVariance / 2,
        scale: (p) => Math.sqrt(p.logSkillVariance) || 1,
        doc: "ln e, standardised",
      },
      progressivity: {
        world: "progressivity",
        center: (p) => (p.progressivityMin + p.progressivityMax) / 2,
        scale: (p) => (p.progressivityMax - p.progressivityMin) / 2,
        doc: "ξ, from −1 at its least to 1 at its largest",
      },
    },
  },
  reward: {
    government: { column: "welfare", doc: "mean utility, utilitarian welfare" },
    households: { column: "utility", doc: "ln c − h^(1+ζ)/(1+ζ)" },
  },
  metrics: {
    progressivity: { unit: "1", doc: "ξ of this episode", of: (w) => w.progressivity },
    hours: { unit: "hours", doc: "mean h", of: ({ households }) => mean(households.hours) },
    welfare: { unit: "utils/household", doc: "mean utility", of: ({ government }) => government.welfare[0] },
    scale: { unit: "1", doc: "λ", of: (w) => w.scale },
    rate: { unit: "1", doc: "τ, the marginal rate at income 1", of: (w) => w.rate },
    incomeGini: { unit: "1", doc: "Gini of y", of: ({ households }) => gini(households.income) },
    consumptionGini: { unit: "1", doc: "Gini of c", of: ({ households }) => gini(households.consumption) },
    deficit: {
      unit: "1",
      doc: "what is paid out beyond what is raised, over output; 0 when balanced",
      of: (w) => -w.taxes / w.output,
    },
  },
  identities: {
    budget: {
      doc: "balanced: taxes sum to 0, relative to output",
      after: "period",
      of: (w, p) => (p.budget === "balanced" ? w.taxes / w.output : 0),
    },
    goods: {
      doc: "what is consumed is what is produced less net taxes, relative to the larger of output and consumption",
      after: "period",
      of: (w) => (w.consumed - w.output + w.taxes) / Math.max(w.output, w.consumed),
    },
  },
  truth(p) {
    const { progressivityMin: low, progressivityMax: high } = p;
    if (low > high) {
      const none = unknown(`progressivityMin, ${low}, is above progressivityMax, ${high}`);
      return { progressivity: none, hours: none, welfare: none, welfareNoTax: theory.hsvStaticWelfare(0, p) };
    }
    const welfare = (ξ: number): number =>
      p.budget === "balanced" ? theory.hsvStaticWelfare(ξ, p) : theory.unfundedTax(ξ, p, p.rate).welfare;
    // Without a budget welfare falls and then rises without bound in ξ, so that an end is best.
    const best =
      p.budget === "balanced" ? theory.bestProgressivity(p, low, high) : welfare(low) > welfare(high) ? low : high;
    return {
      progressivity: best,
      hours: theory.hsvHours(best, p),
      welfare: welfare(best),
      welfareNoTax: theory.hsvStaticWelfare(0, p),
    };
  },
  truthDocs: {
    progressivity: "ξ* that maximises welfare when households respond, within the government's bounds",
    hours: "(1−ξ*)^(1/(1+ζ)), of every household, within hoursMin and hoursMax",
    welfare: "mean utility at ξ*, N → ∞",
    welfareNoTax: "mean utility when nobody pays and nobody receives",
  },
  figures: [
    {
      title: "Progressivity",
      population: "government",
      column: "progressivity",
      theory: "progressivity",
      theoryLabel: "ξ*",
      caption: "Where the government settles, against the exact optimum.",
    },
    {
      title: "Hours",
      population: "households",
      column: "hours",
      theory: "hours",
      theoryLabel: "h(ξ*)",
      caption: "Hours depend on ξ and on nothing else; the line is theory at ξ*.",
    },
  ],
});

export default hsvStatic;

const mean = (x: Float64Array): number => math.pairwiseSum(x) / x.length;
