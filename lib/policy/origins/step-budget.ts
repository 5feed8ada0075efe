/** Thrown by {@link StepBudget.spend}; caught where the budget was opened. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/**
 * How much work one expression may take. Steps are counted, not milliseconds: the same expression must not stop an
 * application on a busy machine that started on an idle one.
 */
export class StepBudget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new BudgetSpent();
    }
  }
}
