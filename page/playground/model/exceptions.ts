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

/** 500 for the app's own ones, as far as is known here. */
export function statusOfException(name: string): number {
  return ofName(name)[0];
}

export function exceptionBody(name: string): object {
  const [statusCode, message] = ofName(name);
  return { message, statusCode };
}

function ofName(name: string): readonly [status: number, message: string] {
  const known = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
  return known ?? [500, 'Internal server error'];
}
