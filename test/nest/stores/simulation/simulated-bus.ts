import type { CorsBus } from 'nestjs-cors';

import type { Dice } from '../../../soak/dice.js';
import type { SimulatedClock } from './simulated-clock.js';

export interface BusWeather {
  /** The longest that a message takes; what is sent later may come first. */
  readonly delay: number;
  /** Of 100 messages, those that come twice. */
  readonly doubled: number;
  /** Of 100 messages, those that are lost without a word. */
  readonly lost: number;
}

/** Pub/sub as Redis and Postgres have it: at most once, to who is connected. An instance that comes back is told so. */
export class SimulatedBus {
  readonly #clock: SimulatedClock;
  readonly #dice: Dice;
  readonly #weather: BusWeather;
  readonly #ends = new Set<BusEnd>();

  constructor(clock: SimulatedClock, dice: Dice, weather: BusWeather) {
    this.#clock = clock;
    this.#dice = dice;
    this.#weather = weather;
  }

  /** @param onHeard - is told whenever the instance has been told something. */
  end(onHeard: (message: string) => void): BusEnd {
    const end = new BusEnd(this, this.#clock, this.#dice, onHeard);
    this.#ends.add(end);
    return end;
  }

  carry(message: string): void {
    for (const end of this.#ends) {
      const { connection } = end;
      const copies = (this.#chance(this.#weather.lost) ? 0 : 1) + (this.#chance(this.#weather.doubled) ? 1 : 0);
      for (let copy = 0; copy < copies; copy += 1) {
        this.#clock.after(this.#dice.below(this.#weather.delay + 1), () => {
          // Of another connection than it was sent to: the server has forgotten it.
          if (end.connection === connection) {
            end.hear(message);
          }
        });
      }
    }
  }

  #chance(percent: number): boolean {
    return this.#dice.below(100) < percent;
  }
}

/** An instance's client. */
export class BusEnd implements CorsBus {
  #listener: ((message: string) => void) | undefined;
  #isConnected = true;
  readonly #sent = new Set<string>();
  /** Another number for each connection. */
  connection = 0;

  constructor(
    private readonly bus: SimulatedBus,
    private readonly clock: SimulatedClock,
    private readonly dice: Dice,
    private readonly onHeard: (message: string) => void,
  ) {}

  set isConnected(isConnected: boolean) {
    if (isConnected === this.#isConnected) {
      return;
    }
    this.#isConnected = isConnected;
    this.connection += 1;
    if (isConnected) {
      this.hear('');
    }
  }

  hear(message: string): void {
    if (this.#isConnected && this.#listener !== undefined) {
      this.#listener(message);
      // Its own word tells an instance nothing.
      if (!this.#sent.has(message)) {
        this.onHeard(message);
      }
    }
  }

  /** Without a connection it fails, or keeps the message and says nothing. */
  publish(message: string): Promise<void> {
    this.#sent.add(message);
    return new Promise((resolve, reject) => {
      this.clock.after(this.dice.below(5), () => {
        if (this.#isConnected) {
          this.bus.carry(message);
          resolve();
        } else if (this.dice.below(2) === 0) {
          reject(new Error('not connected'));
        }
      });
    });
  }

  subscribe(listener: (message: string) => void): Promise<() => Promise<void>> {
    return new Promise((resolve, reject) => {
      this.clock.after(this.dice.below(20), () => {
        if (!this.#isConnected) {
          reject(new Error('not connected'));
          return;
        }
        this.#listener = listener;
        // From now on it hears of changes; of earlier ones it has not.
        this.onHeard('');
        resolve(async () => {
          this.#listener = undefined;
          return Promise.resolve();
        });
      });
    });
  }
}
