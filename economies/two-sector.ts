// Two sectors, labour and capital that move between them, and a relative price: the economy constructor's first example in Moraes (2023), §4.
//
// Each sector is a firm Y = A K^α L^(1−α); households spend last period's income on both goods with a constant elasticity of substitution, work in one sector each
// and rent their machines to one. A payroll tax is a wedge between what labour costs and what it earns. In the long run an hour earns the same everywhere.
//
// Parts: two sectors, consumers, markets of labour, capital and goods, sellers who may post prices, and a government (src/parts). Left out: saving, risk, several
// skills, rents from moving slowly.
import { choice, compose, isUnknown, param, parts, solved, solvers, type Unknown } from "walras";

const goods = ["farm", "mill"] as const;

export const twoSector = compose({
  name: "two-sector",
  source: "Moraes (2023), §4, example 1; Harberger (1962), Journal of Political Economy 70, 215",
  summary: "Labour and capital move between two sectors until they earn the same in both; prices clear or are posted.",
  parts: {
    farm: parts.sector("farm"),
    mill: parts.sector("mill"),
    consumers: parts.consumers(goods),
    labour: parts.labourMarket(goods),
    capital: parts.capitalMarket(goods),
    farmSeller: parts.seller("farm"),
    millSeller: parts.seller("mill"),
    walrasian: parts.goodsMarket(goods),
    posted: parts.postedMarket(goods),
    government: parts.government(goods),
  },
  calibration: { farmCapitalShare: 0.5, posting: "never" },
  params: {
    prices: choice("walrasian", ["walrasian", "posted"], { doc: "found by the market, or posted by sellers" }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  start: ({ consumers, labour, capital }) => ({
    endow: consumers.endow,
    work: labour.place,
    rent: capital.place,
  }),
  phases: (
    { farm, mill, consumers, labour, capital, farmSeller, millSeller, walrasian, posted, government },
    { variant },
  ) => ({
    wakeWorkers: labour.wake,
    seekWork: labour.seek,
    wakeOwners: capital.wake,
    seekRent: capital.seek,
    work: labour.move,
    rent: capital.move,
    hire: labour.hire,
    equip: capital.hire,
    farm: farm.produce,
    mill: mill.produce,
    askFarm: farmSeller.ask,
    askMill: millSeller.ask,
    postFarm: variant("prices", { posted: farmSeller.post }),
    postMill: variant("prices", { posted: millSeller.post }),
    clear: variant("prices", { walrasian: walrasian.clear, posted: posted.serve }),
    value: consumers.value,
    shop: consumers.shop,
    settle: walrasian.settle,
    payFarm: farm.pay,
    payMill: mill.pay,
    earnWages: labour.earn,
    earnRents: capital.earn,
    tax: government.collect,
    transfer: government.give,
    close: consumers.close,
    compareWages: labour.compare,
    compareRents: capital.compare,
    countFarm: farmSeller.count,
    countMill: millSeller.count,
  }),
  without: ["posted.settle"],
  metrics: {
    relativePrice: { unit: "mill goods/farm good", doc: "p_farm/p_mill", of: (w) => w.farmPrice / w.millPrice },
    wageRatio: {
      unit: "1",
      doc: "what an hour earns in the farm sector, over the mill's",
      of: (w) => w.farmWage / w.millWage,
    },
    rentalRatio: {
      unit: "1",
      doc: "what a machine earns in the farm sector, over the mill's",
      of: (w) => w.farmRental / w.millRental,
    },
  },
  truth(p) {
    const at = solved(() =>
      solvers.sectoralEquilibrium({
        sectors: [
          {
            productivity: p.farmProductivity,
            capitalShare: p.farmCapitalShare,
            payrollTax: p.farmPayrollTax,
            taste: p.farmTaste,
          },
          {
            productivity: p.millProductivity,
            capitalShare: p.millCapitalShare,
            payrollTax: p.millPayrollTax,
            taste: p.millTaste,
          },
        ],
        substitution: p.substitution,
        money: p.households * p.money,
        labour: p.households * p.hours,
        capital: p.households * p.machines,
      }),
    );
    const of = (value: (at: solvers.SectoralEquilibrium) => number): number | Unknown =>
      isUnknown(at) ? at : value(at);
    return {
      relativePrice: of(({ prices: [farm, mill] }) => farm / mill),
      farmPrice: of(({ prices }) => prices[0]),
      millPrice: of(({ prices }) => prices[1]),
      farmOutput: of(({ outputs }) => outputs[0]),
      millOutput: of(({ outputs }) => outputs[1]),
      farmShareOfLabour: of(({ labour }) => labour[0] / (p.households * p.hours)),
      millShareOfLabour: of(({ labour }) => labour[1] / (p.households * p.hours)),
      farmShareOfCapital: of(({ capital }) => capital[0] / (p.households * p.machines)),
      millShareOfCapital: of(({ capital }) => capital[1] / (p.households * p.machines)),
      farmWage: of(({ wage }) => wage),
      millWage: of(({ wage }) => wage),
      farmRental: of(({ rental }) => rental),
      millRental: of(({ rental }) => rental),
      wageRatio: of(() => 1),
      rentalRatio: of(() => 1),
      taxes: of(({ taxes }) => taxes),
      realIncome: of(({ purchasingPower }) => purchasingPower * p.money),
    };
  },
  truthDocs: {
    relativePrice: "p_farm/p_mill in the long run, with many households and all markets cleared",
    farmPrice: "p there, of money per good",
    millPrice: "p there",
    farmOutput: "Y there",
    millOutput: "Y there",
    farmShareOfLabour: "L_farm/L there",
    millShareOfLabour: "L_mill/L there",
    farmShareOfCapital: "K_farm/K there",
    millShareOfCapital: "K_mill/K there",
    farmWage: "w there, the same in both sectors",
    millWage: "w there",
    farmRental: "r there, the same in both sectors",
    millRental: "r there",
    wageRatio: "1: nobody gains by moving",
    rentalRatio: "1: no machine gains by moving",
    taxes: "of both sectors there",
    realIncome: "of a household there, mean, in utils",
  },
  figures: [
    {
      title: "Labour",
      metric: "farmShareOfLabour",
      theory: "farmShareOfLabour",
      caption: "Share of all hours that the farm sector employs.",
    },
    {
      title: "Relative price",
      metric: "relativePrice",
      theory: "relativePrice",
      caption: "Of the farm's good, in mill goods.",
    },
    { title: "Wages", metric: "wageRatio", theory: "wageRatio", caption: "Farm over mill." },
  ],
});

export default twoSector;
