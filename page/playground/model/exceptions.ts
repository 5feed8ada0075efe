import { isStatus } from '../code/decorators.js';
import { UNREAD, type Thrown } from '../code/thrown.js';

/** The exceptions of `@nestjs/common`: their status, and the body that Nest makes of them. */
const STATUSES: Readonly<Record<string, readonly [status: number, message: string]>> = {
  BadRequestException: [400, 'Bad Request'],
  UnauthorizedException: [401, 'Unauthorized'],
  ForbiddenException: [403, 'Forbidden'],
  NotFoundException: [404, 'Not Found'],
  MethodNotAllowedException: [405, 'Method Not Allowed'],
  NotAcceptableException: [406, 'Not Acceptable'],
  RequestTimeoutException: [408, 'Request Timeout'],
  ConflictException: [409, 'Conflict'],
  GoneException: [410, 'Gone'],
  PreconditionFailedException: [412, 'Precondition Failed'],
  PayloadTooLargeException: [413, 'Payload Too Large'],
  UnsupportedMediaTypeException: [415, 'Unsupported Media Type'],
  ImATeapotException: [418, "I'm a teapot"],
  MisdirectedException: [421, 'Misdirected'],
  UnprocessableEntityException: [422, 'Unprocessable Entity'],
  InternalServerErrorException: [500, 'Internal Server Error'],
  NotImplementedException: [501, 'Not Implemented'],
  BadGatewayException: [502, 'Bad Gateway'],
  ServiceUnavailableException: [503, 'Service Unavailable'],
  GatewayTimeoutException: [504, 'Gateway Timeout'],
  HttpVersionNotSupportedException: [505, 'HTTP Version Not Supported'],
};

export interface ExceptionAnswer {
  readonly status: number;
  /** Undefined where it is not known. */
  readonly body: object | undefined;
}

/** 500 for the app's own exceptions, as far as is known here. */
export function answerOfException({ name, values }: Thrown): ExceptionAnswer {
  if (name === 'HttpException') {
    const [response, given] = values;
    const status = isStatus(given) ? given : 500;
    return {
      status,
      body: isObject(response) ? response : known([response], { statusCode: status, message: response }),
    };
  }
  const found = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
  if (found === undefined) {
    return { status: 500, body: { statusCode: 500, message: 'Internal server error' } };
  }
  const [statusCode, standard] = found;
  const [message, second = standard] = values;
  return { status: statusCode, body: bodyOf(message, descriptionOf(second, standard), statusCode) };
}

/** As Nest's `HttpException.createBody()`. */
function bodyOf(message: unknown, error: unknown, statusCode: number): object | undefined {
  if (isObject(message) && !Array.isArray(message)) {
    return message;
  }
  return message
    ? known([message, error], { message, error, statusCode })
    : known([error], { message: error, statusCode });
}

/** The second argument is a description, or an object that may have one. */
function descriptionOf(value: unknown, standard: string): unknown {
  if (typeof value === 'string') {
    return value;
  }
  const keys = isObject(value) ? Object.keys(value) : undefined;
  if (keys === undefined || keys.includes('errorCode')) {
    return UNREAD;
  }
  return keys.includes('description') ? Reflect.get(Object(value), 'description') : standard;
}

function known(values: readonly unknown[], body: object): object | undefined {
  return values.includes(UNREAD) ? undefined : body;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
