"""Reads, writes and deletes small files and folders on the file systems of a Spark session."""

from typing import Any

from pyspark.sql import SparkSession

__all__ = ["SparkFiles"]


class SparkFiles:
    """Small files and folders on the file systems of *session* (local, object storage and others)."""

    def __init__(self, session: SparkSession) -> None:
        self._jvm: Any = session._jvm  # noqa: SLF001 - the only access to Hadoop's file systems
        self._settings = session._jsparkSession.sessionState().newHadoopConf()  # noqa: SLF001

    def _at(self, path: str) -> tuple[Any, Any]:
        place = self._jvm.org.apache.hadoop.fs.Path(path)
        return place.getFileSystem(self._settings), place

    def text(self, path: str) -> str | None:
        """Return the content of the UTF-8 file at *path*, or None where there is none."""
        system, place = self._at(path)
        if not system.exists(place):
            return None
        stream = system.open(place)
        try:
            return str(self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
        finally:
            stream.close()

    def put(self, path: str, text: str) -> None:
        """Write *text* to the file at *path*; an older file is replaced."""
        system, place = self._at(path)
        stream = system.create(place, True)  # noqa: FBT003 - Java has no keyword arguments
        try:
            stream.write(bytearray(text, "utf-8"))
        finally:
            stream.close()

    def files(self, folder: str) -> list[str]:
        """Return the paths of the data files in *folder*, in the order of their rows."""
        system, place = self._at(folder)
        names = [status.getPath().toString() for status in system.listStatus(place)]
        return sorted(name for name in names if name.rpartition("/")[2][0] not in "._")

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with its content; a missing path is not an error."""
        system, place = self._at(path)
        system.delete(place, True)  # noqa: FBT003 - Java has no keyword arguments
