import { DQN_LOSS_SHADER, PLACEHOLDERS, PPO_LOSS_SHADER } from "../generated/losses.js";

/** Sizes of the arrays that a loss takes. */
export interface LossSizes {
  readonly outputs: number;
  readonly sample: number;
  /** Free parameters; at least 1, because WGSL has no empty arrays. */
  readonly free: number;
}

/** Generated WGSL of the losses with the sizes of one network in place of the placeholders. */
function withSizes(code: string, sizes: LossSizes): string {
  const names = Object.keys(PLACEHOLDERS) as (keyof LossSizes)[];
  return names.reduce(
    (text, name) => text.replaceAll(`array<f32, ${PLACEHOLDERS[name]}>`, `array<f32, ${sizes[name]}>`),
    code,
  );
}

/** `categorical_loss` and `gaussian_loss`: the same functions that the CPU path calls. */
export const ppoLossCode = (sizes: LossSizes): string => withSizes(PPO_LOSS_SHADER, sizes);

/** `action_value` and `dqn_loss`: the same functions that the CPU path calls. */
export const dqnLossCode = (sizes: LossSizes): string => withSizes(DQN_LOSS_SHADER, sizes);
