# Shortcuts for people who use just; everything is an npm script.
default: start

install:
    npm ci
start: 
    npm start
dev:
    npm run dev
test *args:
    npm test -- {{args}}
bench name="first-run":
    npm run bench:{{name}}
doctor:
    npm run guildhall doctor
