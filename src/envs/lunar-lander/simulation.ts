import { type Body, Box, Edge, Polygon, RevoluteJoint, Vec2, World } from "planck";
import type { Action, Noise, Observation, Outcome, ParamsStruct, State } from "../dynamics.js";
import type { Simulation } from "../simulation.js";
import { HULL, LEG, NUM_POINTS, PAD_HEIGHT, SCALE, STATE, STEPS_PER_SECOND, WORLD } from "./geometry.js";

const MAIN_POWER = 13;
const SIDE_POWER = 0.6;
const MAIN_BELOW = 4 / SCALE;
const SIDE_AWAY = 12 / SCALE;
/** Side engines push at a height of 14 but are set back by 17: a quirk of the reference that is kept. */
const SIDE_HEIGHT = 14 / SCALE;
const SIDE_BACK = 17 / SCALE;
const LEG_TORQUE = 40;
const LEG_MOTOR_SPEED = 0.3;
/** Velocity and position iterations of the solver. */
const FAITHFUL = [180, 60] as const;
const FAST = [20, 10] as const;

const HULL_DENSITY = 5;
const HULL_MASS = massOf(HULL, HULL_DENSITY);

/** Which parts of the reward a step can hold, by their place in the outcome. */
const TERM = { position: 1, speed: 2, angle: 3, legs: 4, mainFuel: 5, sideFuel: 6, landing: 7, crash: 8 } as const;

/** One body with what is known of it before its world is built. */
interface Pose {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
}

/**
 * One lunar lander in a planck world of its own, which is built anew at every reset, as in the reference.
 *
 * Source: Gymnasium, `envs/box2d/lunar_lander.py`, constants and quirks included: the observation's scales, the flag
 * of a leg that goes out on any end of contact, the reward that is replaced at the end, sleep that wins over a crash.
 */
export class LanderSimulation implements Simulation {
  private world = new World();
  private lander: Body | null = null;
  private legs: Body[] = [];
  private readonly touches = [false, false];
  private crashed = false;
  /** Observation before and after the step. */
  private readonly before = new Float64Array(8);
  private readonly after = new Float64Array(8);
  private readonly impulse = new Vec2();
  private readonly place = new Vec2();

  constructor(private readonly continuous: boolean) {}

  /** Builds a world from `noise` [16]: 12 heights, 2 parts of the push, 2 indices of the wind. Takes its first step. */
  reset(state: State, noise: Noise, params: ParamsStruct): void {
    fillTerrain(state, noise, params["roughness"]);
    const start: Pose = { x: WORLD.width / 2, y: WORLD.height, angle: 0 };
    const legs = [-1, 1].map((side): Pose => ({ x: start.x - side * LEG.away, y: start.y, angle: 0.05 * side }));
    this.build(state, params, start, legs);
    const push = params["startPush"];
    const lander = this.bodyOf();
    lander.applyForceToCenter(new Vec2(push * (2 * noise.$[12] - 1), push * (2 * noise.$[13] - 1)), true);
    state.$[STATE.windIndex] = windIndex(noise.$[14]);
    state.$[STATE.turbulenceIndex] = windIndex(noise.$[15]);
    // The reference's reset ends with a step without engines.
    this.blow(state, params);
    this.advance(params);
    this.writeState(state);
  }

  /**
   * Advances 0.02 s. Action [1] (none, steer left, main, steer right) or [2] (main engine, steering); `noise` [2] jitters
   * where the engines push. Terms: position, speed, angle, legs, main engine, side engines, landing, crash.
   */
  step(state: State, action: Action, noise: Noise, params: ParamsStruct, outcome: Outcome): void {
    fillObservation(state, this.before);
    this.blow(state, params);
    const main = this.continuous ? mainThrottle(action.$[0]) : action.$[0] === 2 ? 1 : 0;
    const side = this.continuous ? sideThrottle(action.$[1]) : sideOf(action.$[0]);
    this.thrust(main, side, (2 * noise.$[0] - 1) / SCALE, (2 * noise.$[1] - 1) / SCALE);
    this.advance(params);
    this.writeState(state);
    fillObservation(state, this.after);
    this.fillOutcome(main, Math.abs(side), outcome);
  }

  /** Observation [8]: place over the pad, velocities, angle, spin, both legs' contacts; scaled as in the reference. */
  observe(state: State, observation: Observation, _params: ParamsStruct): void {
    fillObservation(state, observation.$);
  }

  /** Builds a world in which bodies are where the state says. Joints and contacts start without a history. */
  adopt(state: State, params: ParamsStruct): void {
    const poseOf = (at: number): Pose => ({ x: state.$[at], y: state.$[at + 1], angle: state.$[at + 2] });
    this.build(state, params, poseOf(STATE.lander), STATE.legs.map(poseOf));
    const bodies = [this.bodyOf(), ...this.legs];
    [STATE.lander, ...STATE.legs].forEach((at, i) => {
      bodies[i].setLinearVelocity(new Vec2(state.$[at + 3], state.$[at + 4]));
      bodies[i].setAngularVelocity(state.$[at + 5]);
      restOf(bodies[i]).m_sleepTime = state.$[STATE.secondsAtRest];
    });
    STATE.contacts.forEach((at, leg) => {
      this.touches[leg] = state.$[at] === 1;
    });
  }

  /** Mass (kg), inertia about the origin (kg·m²) and centre of mass of the lander and of a leg, for whoever checks. */
  measures() {
    const [lander, leg] = [this.bodyOf(), this.legs[0]];
    return [lander, leg].map((body) => ({
      mass: body.getMass(),
      inertia: body.getInertia(),
      centre: [body.getLocalCenter().x, body.getLocalCenter().y],
    }));
  }

  private bodyOf(): Body {
    if (!this.lander) throw new Error("the lander was asked to act before its first reset");
    return this.lander;
  }

  private build(state: State, params: ParamsStruct, start: Pose, legs: readonly Pose[]): void {
    this.world = new World({ gravity: { x: 0, y: 0 - params["gravity"] } });
    this.crashed = false;
    this.touches.fill(false);
    this.buildGround(state);
    const lander = this.world.createDynamicBody({ position: { x: start.x, y: start.y }, angle: start.angle });
    lander.createFixture({
      shape: new Polygon(HULL.map(([x, y]) => new Vec2(x, y))),
      density: HULL_DENSITY,
      friction: 0.1,
      restitution: 0,
      filterCategoryBits: 0x0010,
      filterMaskBits: 0x001,
    });
    // Planck 1.4.2 puts the centre of mass of a polygon in the wrong place (a slip in its vector sum, mended in
    // 1.4.3, which asks for Node 24): it is told the right one.
    lander.setMassData(HULL_MASS);
    this.lander = lander;
    this.legs = legs.map((pose, i) => this.buildLeg(lander, pose, i === 0 ? -1 : 1));
    this.world.on("begin-contact", (contact) => {
      const [a, b] = [contact.getFixtureA().getBody(), contact.getFixtureB().getBody()];
      if (a === lander || b === lander) this.crashed = true;
      this.legs.forEach((leg, i) => {
        if (a === leg || b === leg) this.touches[i] = true;
      });
    });
    this.world.on("end-contact", (contact) => {
      const [a, b] = [contact.getFixtureA().getBody(), contact.getFixtureB().getBody()];
      // Also when the leg still stands on another stretch of ground: as in the reference.
      this.legs.forEach((leg, i) => {
        if (a === leg || b === leg) this.touches[i] = false;
      });
    });
  }

  private buildGround(state: State): void {
    const ground = this.world.createBody();
    ground.createFixture({ shape: new Edge(new Vec2(0, 0), new Vec2(WORLD.width, 0)), friction: 0.2 });
    for (let i = 0; i < NUM_POINTS - 1; i++) {
      const from = new Vec2(2 * i, state.$[STATE.terrain + i]);
      const to = new Vec2(2 * i + 2, state.$[STATE.terrain + i + 1]);
      ground.createFixture({ shape: new Edge(from, to), density: 0, friction: 0.1 });
    }
  }

  /** A leg at the right (`side` −1) or the left of the lander, on a sprung joint. */
  private buildLeg(lander: Body, pose: Pose, side: -1 | 1): Body {
    const leg = this.world.createDynamicBody({ position: { x: pose.x, y: pose.y }, angle: pose.angle });
    leg.createFixture({
      shape: new Box(LEG.halfWidth, LEG.halfHeight),
      density: 1,
      friction: 0.2,
      restitution: 0,
      filterCategoryBits: 0x0020,
      filterMaskBits: 0x001,
    });
    const [near, far] = [0.4, 0.9];
    this.world.createJoint(
      new RevoluteJoint({
        bodyA: lander,
        bodyB: leg,
        localAnchorA: { x: 0, y: 0 },
        localAnchorB: { x: side * LEG.away, y: LEG.down },
        // Planck would take the angle at which the bodies are joined.
        referenceAngle: 0,
        enableMotor: true,
        enableLimit: true,
        maxMotorTorque: LEG_TORQUE,
        motorSpeed: LEG_MOTOR_SPEED * side,
        lowerAngle: side < 0 ? near : -far,
        upperAngle: side < 0 ? far : -near,
        collideConnected: false,
      }),
    );
    return leg;
  }

  /** Wind pushes and turns while no leg touches the ground. */
  private blow(state: State, params: ParamsStruct): void {
    if (params["wind"] === 0 || this.touches[0] || this.touches[1]) return;
    const lander = this.bodyOf();
    lander.applyForceToCenter(new Vec2(gust(state.$[STATE.windIndex]) * params["windPower"], 0), true);
    lander.applyTorque(gust(state.$[STATE.turbulenceIndex]) * params["turbulencePower"], true);
    state.$[STATE.windIndex] += 1;
    state.$[STATE.turbulenceIndex] += 1;
  }

  /** `main` 0 … 1, `side` −1 … 1 (negative steers left); d0 and d1 jitter where they push (m). */
  private thrust(main: number, side: number, d0: number, d1: number): void {
    if (main === 0 && side === 0) return;
    const lander = this.bodyOf();
    const { impulse, place } = this;
    const { x, y } = lander.getPosition();
    const sin = Math.sin(lander.getAngle());
    const cos = Math.cos(lander.getAngle());
    if (main > 0) {
      const along = MAIN_BELOW + 2 * d0;
      const ox = sin * along - cos * d1;
      const oy = -cos * along - sin * d1;
      impulse.set(-ox * MAIN_POWER * main, -oy * MAIN_POWER * main);
      place.set(x + ox, y + oy);
      lander.applyLinearImpulse(impulse, place, true);
    }
    if (side !== 0) {
      const across = 3 * d1 + Math.sign(side) * SIDE_AWAY;
      const ox = sin * d0 - cos * across;
      const oy = -cos * d0 - sin * across;
      const power = SIDE_POWER * Math.abs(side);
      impulse.set(-ox * power, -oy * power);
      place.set(x + ox - sin * SIDE_BACK, y + oy + cos * SIDE_HEIGHT);
      lander.applyLinearImpulse(impulse, place, true);
    }
  }

  private advance(params: ParamsStruct): void {
    const [velocityIterations, positionIterations] = params["fastSolver"] === 1 ? FAST : FAITHFUL;
    this.world.step(1 / STEPS_PER_SECOND, velocityIterations, positionIterations);
  }

  private writeState(state: State): void {
    const lander = this.bodyOf();
    writeBody(state, STATE.lander, lander);
    for (let leg = 0; leg < 2; leg++) {
      writeBody(state, STATE.legs[leg], this.legs[leg]);
      state.$[STATE.contacts[leg]] = this.touches[leg] ? 1 : 0;
    }
    state.$[STATE.secondsAtRest] = restOf(lander).m_sleepTime;
  }

  private fillOutcome(main: number, side: number, outcome: Outcome): void {
    const { before, after } = this;
    for (let i = 0; i <= TERM.crash; i++) outcome.$[i] = 0;
    // What replaces the reward comes last in the reference; coming to rest wins over a crash.
    if (!this.bodyOf().isAwake()) {
      outcome.$[0] = 1;
      outcome.$[TERM.landing] = 100;
    } else if (this.crashed || Math.abs(after[0]) >= 1) {
      outcome.$[0] = 1;
      outcome.$[TERM.crash] = -100;
    } else {
      outcome.$[TERM.position] = -100 * (length(after[0], after[1]) - length(before[0], before[1]));
      outcome.$[TERM.speed] = -100 * (length(after[2], after[3]) - length(before[2], before[3]));
      outcome.$[TERM.angle] = -100 * (Math.abs(after[4]) - Math.abs(before[4]));
      outcome.$[TERM.legs] = 10 * (after[6] + after[7] - before[6] - before[7]);
      outcome.$[TERM.mainFuel] = 0 - 0.3 * main;
      outcome.$[TERM.sideFuel] = 0 - 0.03 * side;
    }
  }
}

/** Mass, centre and inertia about the origin of an even polygon, whose corners go round anticlockwise. */
function massOf(corners: readonly (readonly [number, number])[], density: number) {
  let [mass, x, y, inertia] = [0, 0, 0, 0];
  corners.forEach(([x0, y0], i) => {
    const [x1, y1] = corners[(i + 1) % corners.length];
    // The triangle between the origin and one side.
    const part = (density * (x0 * y1 - x1 * y0)) / 2;
    mass += part;
    x += (part * (x0 + x1)) / 3;
    y += (part * (y0 + y1)) / 3;
    inertia += (part * (x0 * x0 + x0 * x1 + x1 * x1 + y0 * y0 + y0 * y1 + y1 * y1)) / 6;
  });
  return { mass, center: new Vec2(x / mass, y / mass), I: inertia };
}

/** Seconds that a body has been still; half a second puts it to sleep. Planck keeps them, but does not declare them. */
const restOf = (body: Body) => body as unknown as { m_sleepTime: number };

const length = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** A gust between −1 and 1. */
const gust = (index: number): number => Math.tanh(Math.sin(0.02 * index) + Math.sin(0.01 * Math.PI * index));

/** A whole number from −9999 to 9998. */
const windIndex = (uniform: number): number => Math.floor(uniform * 19998) - 9999;

/** Below 0 the main engine is off; from there it goes from half to full thrust. */
const mainThrottle = (throttle: number): number => (throttle > 0 ? 0.5 + 0.5 * Math.min(throttle, 1) : 0);

/** Within ±0.5 the side engines are off; beyond, thrust grows with the throttle. */
const sideThrottle = (throttle: number): number =>
  Math.abs(throttle) > 0.5 ? Math.sign(throttle) * Math.min(Math.abs(throttle), 1) : 0;

/** The steering of a discrete action: 1 is left, 3 right. */
const sideOf = (action: number): number => (action === 1 ? -1 : action === 3 ? 1 : 0);

/** Smoothed heights of the ground; those around the pad are level. */
function fillTerrain(state: State, noise: Noise, roughness: number): void {
  const heightOf = (i: number): number => {
    const index = i < 0 ? NUM_POINTS : i;
    if (index >= 3 && index <= 7) return PAD_HEIGHT;
    const drawn = (noise.$[index] * WORLD.height) / 2;
    return PAD_HEIGHT + roughness * (drawn - PAD_HEIGHT);
  };
  for (let i = 0; i < NUM_POINTS; i++) {
    state.$[STATE.terrain + i] = 0.33 * (heightOf(i - 1) + heightOf(i) + heightOf(i + 1));
  }
}

function writeBody(state: State, at: number, body: Body): void {
  const { x, y } = body.getPosition();
  const velocity = body.getLinearVelocity();
  state.$[at] = x;
  state.$[at + 1] = y;
  state.$[at + 2] = body.getAngle();
  state.$[at + 3] = velocity.x;
  state.$[at + 4] = velocity.y;
  state.$[at + 5] = body.getAngularVelocity();
}

function fillObservation(state: State, observation: { [index: number]: number }): void {
  const { $ } = state;
  const halfWidth = WORLD.width / 2;
  const halfHeight = WORLD.height / 2;
  observation[0] = ($[0] - halfWidth) / halfWidth;
  observation[1] = ($[1] - (PAD_HEIGHT + LEG.down)) / halfHeight;
  observation[2] = ($[3] * halfWidth) / STEPS_PER_SECOND;
  observation[3] = ($[4] * halfHeight) / STEPS_PER_SECOND;
  observation[4] = $[2];
  observation[5] = (20 * $[5]) / STEPS_PER_SECOND;
  observation[6] = $[STATE.contacts[0]];
  observation[7] = $[STATE.contacts[1]];
}
