"""The design in the requirement document: FastAPI, one `send_json` after another, each under a timeout of one second."""

import asyncio
import gc
import json
import resource
import socket
import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/ws/heatmap")
async def heatmap(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.append(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        clients.remove(websocket)


async def broadcast(message: dict) -> None:
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_json(message), timeout=1.0)
        except (asyncio.TimeoutError, RuntimeError, WebSocketDisconnect):
            clients.remove(client)


def resident_kb() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


async def serve_lines(server: uvicorn.Server, message: dict) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        match line.decode().strip():
            case "tick":
                await broadcast(message)
            case "collect":
                gc.collect()
                print("collected", flush=True)
            case "usage":
                usage = resource.getrusage(resource.RUSAGE_SELF)
                print(f"usage {int((usage.ru_utime + usage.ru_stime) * 1e6)} {resident_kb()}", flush=True)
    server.should_exit = True


async def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        message = json.load(file)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    deflate = len(sys.argv) > 3 and sys.argv[3] == "deflate"
    config = uvicorn.Config(app, log_level="warning", ws_per_message_deflate=deflate, ws_ping_interval=None)
    server = uvicorn.Server(config)
    print(f"listening {listener.getsockname()[1]}", flush=True)
    await asyncio.gather(server.serve(sockets=[listener]), serve_lines(server, message))


asyncio.run(main())
