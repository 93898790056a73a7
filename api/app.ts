import { OpenAPIHono } from "@hono/zod-openapi";
import { mountConnect } from "./connect/mount-connect.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ApiEnv } from "./env.ts";
import { isAlive, isReady } from "./health.ts";
import { noRoute } from "./middleware/no-route.ts";
import { problem } from "./middleware/problem.ts";
import { requestId } from "./middleware/request-id.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { BASE_PATH, mount } from "./mount.ts";
import { oauthCallback } from "./oauth-callback.ts";
import { openApiDocument } from "./openapi/document.ts";
import type { ApiParts } from "./parts.ts";
import { referencePage } from "./reference/page.ts";
import { createApiKey } from "./routes/api-keys/create.ts";
import { getCurrentApiKey } from "./routes/api-keys/current.ts";
import { getApiKey } from "./routes/api-keys/get.ts";
import { listApiKeys } from "./routes/api-keys/list.ts";
import { revokeApiKey } from "./routes/api-keys/revoke.ts";
import { listAuditEvents } from "./routes/audit/list.ts";
import { createConnectSession } from "./routes/connect-sessions/create.ts";
import { getConnectSession } from "./routes/connect-sessions/get.ts";
import { listConnectSessions } from "./routes/connect-sessions/list.ts";
import { revokeConnectSession } from "./routes/connect-sessions/revoke.ts";
import { authorizeConnection } from "./routes/connections/authorize.ts";
import { createConnection } from "./routes/connections/create.ts";
import { disconnectConnection } from "./routes/connections/disconnect.ts";
import { getConnection } from "./routes/connections/get.ts";
import { listConnections } from "./routes/connections/list.ts";
import { reconnectConnection } from "./routes/connections/reconnect.ts";
import { refreshConnection } from "./routes/connections/refresh.ts";
import { removeConnection } from "./routes/connections/remove.ts";
import { testConnection } from "./routes/connections/test.ts";
import { updateConnection } from "./routes/connections/update.ts";
import { listConnectionUsers } from "./routes/connections/used-by.ts";
import { listConnectorActions } from "./routes/connectors/actions.ts";
import { createConnector } from "./routes/connectors/create.ts";
import { listConnectorEvents } from "./routes/connectors/events.ts";
import { getConnector } from "./routes/connectors/get.ts";
import { importConnector } from "./routes/connectors/import.ts";
import { listConnectors } from "./routes/connectors/list.ts";
import { removeConnector } from "./routes/connectors/remove.ts";
import { updateConnector } from "./routes/connectors/update.ts";
import { validateConnector } from "./routes/connectors/validate.ts";
import { listConnectorVersions } from "./routes/connectors/versions.ts";
import { createCredentialType } from "./routes/credential-types/create.ts";
import { getCredentialType } from "./routes/credential-types/get.ts";
import { listCredentialTypes } from "./routes/credential-types/list.ts";
import { removeCredentialType } from "./routes/credential-types/remove.ts";
import { updateCredentialType } from "./routes/credential-types/update.ts";
import { createCustomer } from "./routes/customers/create.ts";
import { getCustomer } from "./routes/customers/get.ts";
import { listCustomers } from "./routes/customers/list.ts";
import { removeCustomer } from "./routes/customers/remove.ts";
import { updateCustomer } from "./routes/customers/update.ts";
import { createDeployment } from "./routes/deployments/create.ts";
import { listDeployments, listWorkflowDeployments } from "./routes/deployments/list.ts";
import { createEnvironment } from "./routes/environments/create.ts";
import { getEnvironment } from "./routes/environments/get.ts";
import { listEnvironments } from "./routes/environments/list.ts";
import { removeEnvironment } from "./routes/environments/remove.ts";
import { updateEnvironment } from "./routes/environments/update.ts";
import { getEvent } from "./routes/events/get.ts";
import { listEvents } from "./routes/events/list.ts";
import { listIncidents } from "./routes/incidents/list.ts";
import { createOAuthApp } from "./routes/oauth-apps/create.ts";
import { getOAuthApp } from "./routes/oauth-apps/get.ts";
import { listOAuthApps } from "./routes/oauth-apps/list.ts";
import { removeOAuthApp } from "./routes/oauth-apps/remove.ts";
import { updateOAuthApp } from "./routes/oauth-apps/update.ts";
import { getOrganization } from "./routes/organization/get.ts";
import { updateOrganization } from "./routes/organization/update.ts";
import { listRunAttempts } from "./routes/runs/attempts.ts";
import { cancelOneRun } from "./routes/runs/cancel.ts";
import { createRun } from "./routes/runs/create.ts";
import { streamRunEvents } from "./routes/runs/events.ts";
import { getOneRun } from "./routes/runs/get.ts";
import { listAllRuns } from "./routes/runs/list.ts";
import { listRunLogs } from "./routes/runs/logs.ts";
import { createSecret } from "./routes/secrets/create.ts";
import { getSecret } from "./routes/secrets/get.ts";
import { listSecrets } from "./routes/secrets/list.ts";
import { putSecret } from "./routes/secrets/put.ts";
import { removeSecret } from "./routes/secrets/remove.ts";
import { createVariable } from "./routes/variables/create.ts";
import { getVariable } from "./routes/variables/get.ts";
import { listVariables } from "./routes/variables/list.ts";
import { putVariable } from "./routes/variables/put.ts";
import { removeVariable } from "./routes/variables/remove.ts";
import { createVersion } from "./routes/versions/create.ts";
import { getVersion } from "./routes/versions/get.ts";
import { listVersions } from "./routes/versions/list.ts";
import { createWebhookEndpoint } from "./routes/webhook-endpoints/create.ts";
import { listWebhookDeliveries } from "./routes/webhook-endpoints/deliveries.ts";
import { getWebhookEndpoint } from "./routes/webhook-endpoints/get.ts";
import { listWebhookEndpoints } from "./routes/webhook-endpoints/list.ts";
import { redeliverWebhook } from "./routes/webhook-endpoints/redeliver.ts";
import { removeWebhookEndpoint } from "./routes/webhook-endpoints/remove.ts";
import { rotateWebhookEndpoint } from "./routes/webhook-endpoints/rotate.ts";
import { testWebhookEndpoint } from "./routes/webhook-endpoints/test.ts";
import { updateWebhookEndpoint } from "./routes/webhook-endpoints/update.ts";
import { createWorkflow } from "./routes/workflows/create.ts";
import { getWorkflow } from "./routes/workflows/get.ts";
import { listWorkflows } from "./routes/workflows/list.ts";
import { removeWorkflow } from "./routes/workflows/remove.ts";
import { updateWorkflow } from "./routes/workflows/update.ts";

/** The route table. The first that matches answers: `/api-keys/current` stands before `/api-keys/{id}`. */
const ENDPOINTS: readonly Endpoint[] = [
  getOrganization, //         GET    /organization
  updateOrganization, //      PATCH  /organization

  listEnvironments, //        GET    /environments
  createEnvironment, //       POST   /environments
  getEnvironment, //          GET    /environments/{environment}
  updateEnvironment, //       PATCH  /environments/{environment}
  removeEnvironment, //       DELETE /environments/{environment}

  listVariables, //           GET    /environments/{environment}/variables
  createVariable, //          POST   /environments/{environment}/variables
  getVariable, //             GET    /environments/{environment}/variables/{name}
  putVariable, //             PUT    /environments/{environment}/variables/{name}
  removeVariable, //          DELETE /environments/{environment}/variables/{name}

  listSecrets, //             GET    /environments/{environment}/secrets
  createSecret, //            POST   /environments/{environment}/secrets
  getSecret, //               GET    /environments/{environment}/secrets/{name}
  putSecret, //               PUT    /environments/{environment}/secrets/{name}
  removeSecret, //            DELETE /environments/{environment}/secrets/{name}

  listCustomers, //           GET    /customers
  createCustomer, //          POST   /customers
  getCustomer, //             GET    /customers/{customer}
  updateCustomer, //          PATCH  /customers/{customer}
  removeCustomer, //          DELETE /customers/{customer}

  listConnectors, //          GET    /connectors
  createConnector, //         POST   /connectors
  validateConnector, //       POST   /connectors/validate
  importConnector, //         POST   /connectors/import
  getConnector, //            GET    /connectors/{connector}
  updateConnector, //         PUT    /connectors/{connector}
  removeConnector, //         DELETE /connectors/{connector}
  listConnectorVersions, //   GET    /connectors/{connector}/versions
  listConnectorActions, //    GET    /connectors/{connector}/actions
  listConnectorEvents, //     GET    /connectors/{connector}/events

  listCredentialTypes, //     GET    /credential-types
  createCredentialType, //    POST   /credential-types
  getCredentialType, //       GET    /credential-types/{type}
  updateCredentialType, //    PUT    /credential-types/{type}
  removeCredentialType, //    DELETE /credential-types/{type}

  listOAuthApps, //           GET    /oauth-apps
  createOAuthApp, //          POST   /oauth-apps
  getOAuthApp, //             GET    /oauth-apps/{app}
  updateOAuthApp, //          PATCH  /oauth-apps/{app}
  removeOAuthApp, //          DELETE /oauth-apps/{app}

  listConnections, //         GET    /connections
  createConnection, //        POST   /connections
  authorizeConnection, //     POST   /connections/authorize
  getConnection, //           GET    /connections/{connection}
  updateConnection, //        PATCH  /connections/{connection}
  removeConnection, //        DELETE /connections/{connection}
  testConnection, //          POST   /connections/{connection}/test
  refreshConnection, //       POST   /connections/{connection}/refresh
  reconnectConnection, //     POST   /connections/{connection}/reconnect
  disconnectConnection, //    POST   /connections/{connection}/disconnect
  listConnectionUsers, //     GET    /connections/{connection}/used-by

  listIncidents, //           GET    /incidents

  listApiKeys, //             GET    /api-keys
  createApiKey, //            POST   /api-keys
  getCurrentApiKey, //        GET    /api-keys/current
  getApiKey, //               GET    /api-keys/{id}
  revokeApiKey, //            DELETE /api-keys/{id}

  listWorkflows, //           GET    /workflows
  createWorkflow, //          POST   /workflows
  getWorkflow, //             GET    /workflows/{workflow}
  updateWorkflow, //          PATCH  /workflows/{workflow}
  removeWorkflow, //          DELETE /workflows/{workflow}

  listVersions, //            GET    /workflows/{workflow}/versions
  createVersion, //           POST   /workflows/{workflow}/versions
  getVersion, //              GET    /workflows/{workflow}/versions/{version}

  listWorkflowDeployments, // GET    /workflows/{workflow}/deployments
  createDeployment, //        POST   /workflows/{workflow}/deployments
  listDeployments, //         GET    /deployments

  createRun, //               POST   /runs
  listAllRuns, //             GET    /runs
  getOneRun, //               GET    /runs/{run}
  listRunLogs, //             GET    /runs/{run}/logs
  listRunAttempts, //         GET    /runs/{run}/attempts
  streamRunEvents, //         GET    /runs/{run}/events
  cancelOneRun, //            POST   /runs/{run}/cancel

  listConnectSessions, //     GET    /connect-sessions
  createConnectSession, //    POST   /connect-sessions
  getConnectSession, //       GET    /connect-sessions/{session}
  revokeConnectSession, //    DELETE /connect-sessions/{session}

  listWebhookEndpoints, //    GET    /webhook-endpoints
  createWebhookEndpoint, //   POST   /webhook-endpoints
  getWebhookEndpoint, //      GET    /webhook-endpoints/{endpoint}
  updateWebhookEndpoint, //   PATCH  /webhook-endpoints/{endpoint}
  removeWebhookEndpoint, //   DELETE /webhook-endpoints/{endpoint}
  rotateWebhookEndpoint, //   POST   /webhook-endpoints/{endpoint}/rotate
  testWebhookEndpoint, //     POST   /webhook-endpoints/{endpoint}/test
  listWebhookDeliveries, //   GET    /webhook-endpoints/{endpoint}/deliveries
  redeliverWebhook, //        POST   /webhook-endpoints/{endpoint}/deliveries/{delivery}/redeliver

  listEvents, //              GET    /events
  getEvent, //                GET    /events/{event}

  listAuditEvents, //         GET    /audit
];

/** Builds the HTTP API. It owns nothing that would have to be closed: its parts do. */
export function createApp(parts: ApiParts): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  app.use(requestId(parts.log));
  app.use(securityHeaders);
  const answerProblem = problem(parts.log);
  app.onError(answerProblem);
  app.notFound((context) => answerProblem(noRoute(app, context), context));

  mount(app, parts, ENDPOINTS);

  const document = openApiDocument(app);
  app.get(`${BASE_PATH}/openapi.json`, (context) => context.json(document));
  app.get("/docs", referencePage(document));
  mountConnect(app, parts);
  app.get("/oauth/callback", oauthCallback(parts));
  app.get("/oauth/callback/:connector", oauthCallback(parts));
  app.get("/healthz", isAlive);
  app.get("/readyz", isReady(parts));
  return app;
}
