# syntax=docker/dockerfile:1
# One file for every image of the platform:
#   docker build --build-arg SERVICE=order .      one service (any name in services/)
#   docker build .                                all of them in one process
#   docker build --target gateway .               Nginx with its configuration and the pages

FROM oven/bun:1.4.5 AS deps
WORKDIR /app
COPY package.json bun.lock ./
COPY patches ./patches
# Without development dependencies, and without the compiler and types that packages bring along as peers.
RUN bun install --frozen-lockfile --production --ignore-scripts \
  && rm -rf node_modules/typescript node_modules/@typescript node_modules/bun-types node_modules/@types

# The shop, the admin and the control room: static files. What they are built with is in no image.
FROM oven/bun:1.4.5 AS pages
WORKDIR /app
COPY package.json bun.lock ./
COPY patches ./patches
RUN bun install --frozen-lockfile --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY sdk ./sdk
COPY web ./web
RUN bun scripts/web.ts --out /pages

FROM nginx:1.30-alpine AS gateway
COPY gateway /gateway
COPY --from=pages /pages /pages
ENV WEB_DIR=/pages
USER nginx
CMD ["sh", "-c", "sh /gateway/prepare.sh /tmp/gateway compose && cd /tmp/gateway && exec nginx -p /tmp/gateway/ -e stderr -c nginx.conf -g 'daemon off;'"]

FROM oven/bun:1.4.5 AS platform
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY shared ./shared
COPY scripts ./scripts
COPY services ./services
# The services as one executable, as `bun start` runs them.
RUN bun scripts/executable.ts bin
# After everything that the services have in common, so that their images share all layers but the last.
ARG SERVICE=all
RUN if [ "$SERVICE" != all ]; then test -f "services/$SERVICE/main.ts"; fi && mkdir /var/lib/shop && chown bun:bun /var/lib/shop
# Each value has its reason in scripts/service-process.ts.
ENV NODE_ENV=production BUN_JSC_thresholdForJITAfterWarmUp=5000 BUN_JSC_thresholdForFTLOptimizeAfterWarmUp=1000000 MIMALLOC_PURGE_HOLES_MIN_INTERVAL=10000 HOST=0.0.0.0 SERVICE=$SERVICE
USER bun
# Run with `init: true` (docker run --init): as PID 1 this process would have to reap its children. The init process forwards signals.
CMD ["bin/shop"]
