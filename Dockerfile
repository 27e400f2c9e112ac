# The server, the agent and the command line in one image: `docker build -t sluice .`
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim AS base
# git: the agent checks commits out with the system's git.
RUN apt-get update \
  && apt-get install -y --no-install-recommends git ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules

# Node.js and git for containers of other images: Kubernetes runs agents in the images of the users (docs/kubernetes.md).
FROM base AS pack
RUN apt-get update && apt-get install -y --no-install-recommends patchelf
COPY docker/pack-agent.sh /usr/local/bin/
RUN pack-agent.sh /sluice /app

FROM base
COPY --from=pack /sluice /sluice
COPY --from=build /app/dist ./dist
COPY package.json app.yml ./
# Runners start `sluice agent`.
RUN chmod +x dist/cli/main.js && ln -s /app/dist/cli/main.js /usr/local/bin/sluice
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SLUICE_STATE=/var/lib/sluice
RUN mkdir -p /var/lib/sluice && chown node:node /var/lib/sluice
VOLUME /var/lib/sluice
USER node
EXPOSE 3000
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["server"]
