// Every export of these files is a WebAssembly export; the TypeScript type `Kernels` is generated from them.
//
// Conventions, everywhere:
//   destination first, then sources, then sizes; every pointer is a byte offset into the one imported memory
//   f32 in and out (double.ts and quantum.ts: f64), matrices row-major, sums in a fixed order: the same bits on every engine and in every thread
//   plain (non-relaxed) SIMD: relaxed multiply-add may round differently from one processor to the next
//   any n: tails of 1 to 3 elements go through the same vector arithmetic and never touch a byte outside the operands
//   out may be one of the sources where both have the same shape (except in gemm), never overlap in part
//   no allocation, no globals, and no static data but tables of constants below byte 1024, which all threads that share a memory write alike
//   "@ts-ignore: decorator" before @inline is for editors: AssemblyScript decorates functions, which TypeScript does not allow
export * from "./gemm";
export * from "./elementwise";
export * from "./broadcast";
export * from "./reduce";
export * from "./gather";
export * from "./optimiser";
export * from "./random";
export * from "./double";
export * from "./quantum";
