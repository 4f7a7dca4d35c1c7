/**
 * Vitrine as a library: worlds, agents, sessions, engines, runs and evaluations, for Node and for other pages.
 *
 * Nothing here touches the DOM or the file system; `vitrine/node` adds run folders on disk, `vitrine/worker` is
 * the training Worker that `SessionClient` talks to, `vitrine/lab` the page as one element.
 */
export type {
  Agent,
  AgentContext,
  AgentDefinition,
  DiagnosticDescription,
  Diagnostics,
  FinishedEpisode,
  Iteration,
  ReplayLog,
} from "./agents/agent.js";
export { agents, findAgent } from "./agents/index.js";
export type { Policy, PolicyKind, SerialisedPolicy } from "./agents/policies/policy.js";
export { parseTreePolicy, TreePolicy, type TreePolicyNames } from "./agents/policies/tree.js";
export type {
  AdamSettings,
  Engine,
  EngineFactory,
  EngineId,
  EngineReport,
  EngineState,
  EngineTiming,
} from "./compute/engine.js";
export { ENGINE_IDS, isGpuEngine } from "./compute/engine.js";
export { calibrate, loadEngine } from "./compute/index.js";
export { layoutOf, type NetworkLayout, type NetworkSpec } from "./compute/network.js";
export * from "./compute/trees/index.js";
export { type Command, type Commanded, checkCommand, distanceToSeen, FAMILIAR, sweepCommands } from "./core/command.js";
export { InputError, type LossKind, lossOf, messageOf, showValue, TrainingError } from "./core/errors.js";
export { finish, finishPaced, type LongWork } from "./core/long-work.js";
export { allowedNames, nearestName } from "./core/nearest.js";
export {
  allowedText,
  describeOptions,
  type OptionDescription,
  type OptionsSchema,
  type OptionValue,
  type OptionValues,
  optionText,
  parseOptions,
  parseOptionText,
} from "./core/options.js";
export { type Packable, type PackedArray, pack, unpack } from "./core/pack.js";
export { freshSeed, RandomStream } from "./core/random.js";
export { type ActionSpace, actionSize, type Feature } from "./core/spaces.js";
export type { Trajectory } from "./core/trajectory.js";
export { VERSION } from "./core/version.js";
export { differencesOf } from "./envs/differences.js";
export type { Dynamics } from "./envs/dynamics.js";
export type {
  Environment,
  EnvironmentSpec,
  ParamsStruct,
  PlayableEnvironment,
  RewardTerm,
  VectorEnvironment,
  VectorState,
} from "./envs/environment.js";
export {
  createVectorEnvironment,
  environments,
  findEnvironment,
  loadEnvironment,
  loadWorld,
  type VectorSettings,
  variantOf,
} from "./envs/index.js";
export { RECORDED_SETTINGS } from "./envs/inventory/options.js";
export { keepSales, type Sales } from "./envs/inventory/sales.js";
export { faultText, readSales, SALES_SCHEMA, type SalesFault, salesOf } from "./envs/inventory/sales-csv.js";
export { inventoryProblemOf } from "./envs/inventory/variant.js";
export { paramsStructOf } from "./envs/params.js";
export type { Simulation } from "./envs/simulation.js";
export { type BootstrapSettings, bootstrapInterval } from "./evaluate/bootstrap.js";
export { type CommandFollowing, commandFollowing, type Following } from "./evaluate/command-following.js";
export { type Actor, type EvaluationRequest, type EvaluationResult, evaluatePolicy } from "./evaluate/evaluate.js";
export { type Figures, finalFigures } from "./evaluate/figures.js";
export { differenceInterval, type MeanInterval, meanInterval } from "./evaluate/interval.js";
export {
  type Benchmark,
  type BenchmarkSettings,
  benchmarksOf,
  justInTimeCost,
} from "./evaluate/inventory/benchmarks.js";
export { poissonTable } from "./evaluate/inventory/demand-table.js";
export { salesJustInTimeCost } from "./evaluate/inventory/just-in-time.js";
export { type OrderTable, orderOf, type SolvingProgress } from "./evaluate/inventory/lost-sales.js";
export {
  type MeasuredNewsvendor,
  measuredNewsvendors,
  type NewsvendorName,
  newsvendorText,
} from "./evaluate/inventory/newsvendors.js";
export { type OptimalPolicy, type Optimum, optimumOf, type UnknownOptimum } from "./evaluate/inventory/optimum.js";
export { bestBaseStock, bestCappedBaseStock } from "./evaluate/inventory/order-rules.js";
export { type InventoryRule, ordersOf, ruleText } from "./evaluate/inventory/rules.js";
export {
  interquartileMean,
  mean,
  median,
  populationDeviation,
  probabilityOfImprovement,
  sampleDeviation,
} from "./evaluate/statistics.js";
export { type ExplainRequest, explain } from "./interpret/explain.js";
export { type Explanation, type ExplanationMethod, parseExplanation } from "./interpret/explanation.js";
export { findMethod, type MethodDefinition, methods } from "./interpret/methods.js";
export { policyText } from "./interpret/policy-text.js";
export {
  boostingScores,
  boostingShapley,
  interventionalTreeShapley,
  pathDependentTreeShapley,
  type TreeShapley,
} from "./interpret/shapley/trees.js";
export { treeToPython, treeToTypeScript } from "./interpret/tree-code.js";
export {
  impurityImportances,
  localImportances,
  type PermutationRequest,
  permutationImportances,
} from "./interpret/tree-importances.js";
export {
  decisionPath,
  type FeatureInterval,
  mergedPath,
  type NamedInput,
  type PathStep,
  pathText,
  stepText,
} from "./interpret/tree-path.js";
export { finalEvaluation, type RecordEnding, type RecordSettings, recordSession } from "./runs/record-session.js";
export { RUN_FORMAT, type RunRecord } from "./runs/run-format.js";
export { type RunFiles, RunStore, type StoredCheckpoint } from "./runs/run-store.js";
export { SessionClient } from "./training/client.js";
export {
  DEFAULT_EVALUATION,
  type Evaluation,
  type EvaluationSettings,
  type Progress,
  resolveConfig,
  type SessionConfig,
  type SessionRequest,
} from "./training/config.js";
export type { FromWorker, Segment, SessionStatus, Snapshot, StageFrames, ToWorker } from "./training/messages.js";
export { poolSizeFor, WorkerPool } from "./training/pool.js";
export { type Advance, type Checkpoint, Session, timeEngines } from "./training/session.js";
