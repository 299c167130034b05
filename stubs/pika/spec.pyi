class BasicProperties: ...

class Basic:
    class Deliver:
        delivery_tag: int
