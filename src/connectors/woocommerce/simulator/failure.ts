/** A refusal as the REST API words it. */
export interface Failure {
  status: number
  body: { code: string; message: string; data: { status: number; [more: string]: unknown } }
}

export const failure = (status: number, code: string, message: string, more: object = {}): Failure => ({
  status,
  body: { code, message, data: { status, ...more } },
})

export const invalid = (name: string, message: string): Failure =>
  failure(400, 'rest_invalid_param', `Invalid parameter(s): ${name}`, { params: { [name]: message } })
