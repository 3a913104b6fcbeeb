"""What is on an X screen, read through libX11: the windows under a window manager, and their pixels."""

import ctypes
from collections import Counter
from dataclasses import dataclass

ALL_PLANES = ctypes.c_ulong(-1)
Z_PIXMAP = 2
ANY_PROPERTY_TYPE = 0

# Every 7th pixel is looked at. Prime to the windows' widths, so the samples lie on slanted lines and meet every column.
SAMPLE_STEP = 7

# A page is there when this share of a window is not its background: a line of text in Signet's main window is more, a
# caret, a scroll bar or a border less.
PAINTED_SHARE = 0.01

# A window smaller than this is not yet the one that was asked for: GTK maps at 1 by 1 and grows.
SIDE_MIN = 200


class _Image(ctypes.Structure):
    """The first fields of Xlib's XImage."""

    _fields_ = [
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
        ("bits_per_pixel", ctypes.c_int),
    ]


@dataclass(frozen=True)
class Area:
    """Where a window lies on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Screen:
    """A connection to one X server."""

    def __init__(self, display):
        self.x = ctypes.CDLL("libX11.so.6")
        self._declare()
        # A window may go between two calls; Xlib would end the program for it.
        self.on_error = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
        self.x.XSetErrorHandler(self.on_error)
        self.display = self.x.XOpenDisplay(display.encode())
        if not self.display:
            raise RuntimeError(f"no X server at {display}")
        self.root = self.x.XDefaultRootWindow(self.display)
        screen = self._geometry(self.root)
        self.width, self.height = screen.width, screen.height

    def _declare(self):
        pointer, number, window = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
        for name, result, arguments in [
            ("XOpenDisplay", pointer, [ctypes.c_char_p]),
            ("XDefaultRootWindow", window, [pointer]),
            ("XInternAtom", window, [pointer, ctypes.c_char_p, number]),
            ("XGetWindowProperty", number, [pointer, window, window, ctypes.c_long, ctypes.c_long, number, window]
                + [pointer] * 5),
            ("XGetGeometry", number, [pointer, window] + [pointer] * 7),
            ("XTranslateCoordinates", number, [pointer, window, window, number, number] + [pointer] * 3),
            ("XGetImage", ctypes.POINTER(_Image), [pointer, window, number, number, ctypes.c_uint, ctypes.c_uint,
                ctypes.c_ulong, number]),
            ("XDestroyImage", number, [ctypes.POINTER(_Image)]),
            ("XFree", number, [pointer]),
        ]:
            function = getattr(self.x, name)
            function.restype, function.argtypes = result, arguments

    def property(self, name):
        """The numbers of a property of the root window."""
        atom = self.x.XInternAtom(self.display, name.encode(), 0)
        kind, count, left = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
        width, data = ctypes.c_int(), ctypes.POINTER(ctypes.c_ulong)()
        failed = self.x.XGetWindowProperty(
            self.display, self.root, atom, 0, 64, 0, ANY_PROPERTY_TYPE, ctypes.byref(kind), ctypes.byref(width),
            ctypes.byref(count), ctypes.byref(left), ctypes.byref(data),
        )
        if failed or not data:
            return []
        numbers = data[: count.value]
        self.x.XFree(data)
        return numbers

    def has_window_manager(self):
        """A window manager says who it is. Source: Extended Window Manager Hints, "_NET_SUPPORTING_WM_CHECK"."""
        return bool(self.property("_NET_SUPPORTING_WM_CHECK"))

    def windows(self):
        """The windows that programs have shown, oldest first."""
        return self.property("_NET_CLIENT_LIST")

    def _geometry(self, window):
        root, x, y = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_int()
        width, height, border, depth = (ctypes.c_uint() for _ in range(4))
        there = self.x.XGetGeometry(
            self.display, window, *(ctypes.byref(value) for value in (root, x, y, width, height, border, depth)),
        )
        return Area(x.value, y.value, width.value, height.value) if there else None

    def area(self, window):
        """What of a window is on the screen, without the frame around it; nothing where it is gone."""
        inside = self._geometry(window)
        x, y, child = ctypes.c_int(), ctypes.c_int(), ctypes.c_ulong()
        if not inside or not self.x.XTranslateCoordinates(
            self.display, window, self.root, 0, 0, ctypes.byref(x), ctypes.byref(y), ctypes.byref(child),
        ):
            return None
        left, top = max(x.value, 0), max(y.value, 0)
        right = min(x.value + inside.width, self.width)
        bottom = min(y.value + inside.height, self.height)
        return Area(left, top, right - left, bottom - top) if right > left and bottom > top else None

    def drawn_share(self, window):
        """The share of a window that is not its most frequent colour: 0 for a flat one."""
        area = self.area(window)
        if not area or min(area.width, area.height) < SIDE_MIN:
            return 0.0
        image = self.x.XGetImage(self.display, self.root, area.x, area.y, area.width, area.height, ALL_PLANES, Z_PIXMAP)
        if not image:
            return 0.0
        bytes_there = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * image.contents.height)
        self.x.XDestroyImage(image)
        sample = memoryview(bytes_there).cast("I")[::SAMPLE_STEP].tolist()
        return 1.0 - Counter(sample).most_common(1)[0][1] / len(sample)

    def is_painted(self):
        """A window shows a page, and not one flat colour."""
        return any(self.drawn_share(window) >= PAINTED_SHARE for window in self.windows())
