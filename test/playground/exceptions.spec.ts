/** What the playground answers where a handler throws, beside what Nest answers. */
import { describe, expect, it } from '@jest/globals';
import * as nest from '@nestjs/common';
import { readApplication } from '../../page/playground/code/application.js';
import { answerOfException, type ExceptionAnswer } from '../../page/playground/model/exceptions.js';

type ExceptionClass = new (...values: readonly unknown[]) => nest.HttpException;

const exported = nest as unknown as Readonly<Record<string, unknown>>;
const names = Object.keys(exported).filter((name) => /^(?!Http|Intrinsic).*Exception$/.test(name));

/** As Nest's own filter does. */
function answerOfNest(name: string, values: readonly unknown[]): ExceptionAnswer {
  const Exception = exported[name] as ExceptionClass;
  const exception = new Exception(...values);
  const [status, response] = [exception.getStatus(), exception.getResponse()];
  return { status, body: typeof response === 'object' ? response : { statusCode: status, message: response } };
}

function thrownIn(code: string): ExceptionAnswer {
  const { controllers } = readApplication(
    `CorsModule.forRoot() @Controller() class A { @Get() a() { throw new ${code}; } }`,
  );
  return answerOfException(controllers[0]?.handlers[0]?.throws ?? { name: 'nothing', values: [] });
}

describe('an exception in the playground', () => {
  it.each(names)('%s has the status and the body of Nest', (name) => {
    const given = [[], ['a'], ['a', 'b'], ['', 'b'], [{ a: 1 }], [['a', 'b']], ['a', { description: 'b' }], [null, {}]];
    for (const values of given) {
      const answer = thrownIn(`${name}(${values.map((value) => JSON.stringify(value)).join(', ')})`);

      expect(JSON.stringify(answer)).toBe(JSON.stringify(answerOfNest(name, values)));
    }
  });

  it.each([
    [`HttpException('a', 418)`, ['a', 418]],
    [`HttpException('Forbidden', HttpStatus.FORBIDDEN, { cause: error })`, ['Forbidden', 403]],
    [`HttpException({ status: 451, error: 'a' }, 451)`, [{ status: 451, error: 'a' }, 451]],
  ])('%s has the status and the body of Nest', (code, values) => {
    expect(JSON.stringify(thrownIn(code))).toBe(JSON.stringify(answerOfNest('HttpException', values)));
  });

  it('has an unknown body, where its text is', () => {
    expect(thrownIn('NotFoundException(`No cat ${id}`)')).toEqual({ status: 404, body: undefined });
    expect(thrownIn("NotFoundException('a', options)")).toEqual({ status: 404, body: undefined });
    expect(thrownIn('HttpException(text, 418)')).toEqual({ status: 418, body: undefined });
  });

  it('is a 500 if it is not one of Nest', () => {
    expect(JSON.stringify(thrownIn("Error('a')"))).toBe(
      '{"status":500,"body":{"statusCode":500,"message":"Internal server error"}}',
    );
  });
});
